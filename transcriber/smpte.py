"""Frames and time codes: how cameras and editors count time (SMPTE ST 12-1).

At 29.97 and 59.94 frames a second, a time code may leave out (“drop”) the first two or four numbers of each minute but
every tenth, so that it keeps to the clock; then a semicolon stands before the frames.
"""

import re
from fractions import Fraction

RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
"""Frames a second, by the name that editors give them."""
DROPPED = {"29.97": 2, "59.94": 4}
"""Numbers that are left out in a minute."""


def rate_name(rate: Fraction) -> str:
    """The name of the rate that is meant; "" for one that no editor has."""
    return next((name for name, value in RATES.items() if abs(rate / value - 1) < Fraction(1, 2500)), "")


def frames_of(text: str, rate: str) -> int | None:
    """Frames from 00:00:00:00 to HH:MM:SS:FF, or HH:MM:SS;FF, where numbers are dropped; None for what is none."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)([:;.])(\d\d)", text.strip(), re.ASCII)
    if not match:
        return None
    hours, minutes, seconds, frame = (int(match[place]) for place in (1, 2, 3, 5))
    base, minutes = round(RATES[rate]), minutes + 60 * hours
    if frame >= base:
        return None
    frames = (60 * minutes + seconds) * base + frame
    if is_drop(text) and rate in DROPPED:
        frames -= DROPPED[rate] * (minutes - minutes // 10)
    return frames


def text_of(frames: int, rate: str, drop: bool = False) -> str:
    """HH:MM:SS:FF of so many frames after 00:00:00:00; the hours begin anew after a day."""
    base, separator = round(RATES[rate]), ":"
    if drop and rate in DROPPED:
        separator, dropped = ";", DROPPED[rate]
        in_ten, in_one = 600 * base - 9 * dropped, 60 * base - dropped
        tens, rest = divmod(frames, in_ten)
        frames += dropped * (9 * tens + max(0, rest - dropped) // in_one)
    seconds, frame = divmod(frames, base)
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}:{second:02d}{separator}{frame:02d}"


def is_drop(text: str) -> bool:
    return bool(re.search(r"[;.]\d\d$", text.strip()))
