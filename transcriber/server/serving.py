"""How the page and the interface for programs are served: declared once, for `transcribe_ui.py` and `serve`."""

import argparse
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from transcriber.errors import StorageError
from transcriber.options import DEVICES, TranscribeOptions
from transcriber.system import user_folders

LOOPBACK = "127.0.0.1"
LARGEST = 4_000
"""Megabytes of a program's request."""
AT_ONCE = 32
"""Programs' requests."""
ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?/?")
"""RFC 6454, section 6.2; names are ASCII there, in xn-- form."""
USUAL_PORTS = (("http", "80"), ("https", "443"))


@dataclass(frozen=True)
class Serving:
    """What can be chosen."""

    models_dir: Path
    data_dir: Path | None
    """None: usual_data_dir()."""
    port: int | None = None
    """None: 7860 or the next free one; 0: any free one."""
    device: str = TranscribeOptions.device
    opens_browser: bool = False
    unload_after: float | None = None
    """Seconds without work after which the models leave the memory."""
    host: str = LOOPBACK
    """At another address than loopback there is the interface for programs, and nothing else."""
    token: str = ""
    """That programs have to send there; empty: one is made."""
    largest: int = LARGEST * 1_000_000
    """Bytes of a program's request."""
    at_once: int = AT_ONCE
    origins: tuple[str, ...] = ()
    """Of pages that may use the interface for programs from within a browser."""

    @property
    def is_open(self) -> bool:
        """To other computers."""
        return not ip_address(self.host).is_loopback


def add_arguments(parser: argparse.ArgumentParser, models_dir: Path) -> None:
    """Those that both doors have."""
    parser.add_argument("--models-dir", type=Path, default=models_dir, metavar="DIR", help="default: local_models")
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where recordings are kept; default: the folder “transcriber” where your system keeps programs' data",
    )
    parser.add_argument("--port", type=int, help="default: 7860 or the next free one; 0: any free one")
    parser.add_argument("--device", default=TranscribeOptions.device, choices=DEVICES)
    parser.add_argument(
        "--unload-after",
        type=float,
        metavar="MINUTES",
        help="let the models go when nothing was transcribed for so long; by default they stay in memory",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        type=_origin,
        metavar="ORIGIN",
        help="let pages of this origin, such as app://obsidian.md or http://localhost:3000, use the interface for "
        "programs (/v1) from within a browser; may be given several times. By default none may",
    )


def add_arguments_of_programs(parser: argparse.ArgumentParser) -> None:
    """Who else may ask, and for how much."""
    parser.add_argument(
        "--host",
        type=_address,
        default=LOOPBACK,
        metavar="ADDRESS",
        help="open the interface for programs, and nothing else, to other computers at this address of yours; "
        "0.0.0.0 is all of them. The page is then at another port, for this computer alone",
    )
    parser.add_argument(
        "--token",
        default="",
        help="that programs then have to send; by default the environment's TRANSCRIBER_TOKEN, or one that is made "
        "at each start",
    )
    parser.add_argument(
        "--largest", type=int, default=LARGEST, metavar="MB", help="megabytes of a request (%(default)s)"
    )
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help="requests at a time (%(default)s)")


def _address(text: str) -> str:
    try:
        return str(ip_address(LOOPBACK if text == "localhost" else text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no IP address, such as 192.168.1.5 or 0.0.0.0") from None


def _origin(text: str) -> str:
    """As browsers write it: without a path, a capital letter, or the port that is usual for it."""
    if text == "null":
        return text
    match = ORIGIN.fullmatch(text.lower())
    if not match:
        raise argparse.ArgumentTypeError(
            f"“{text}” is no origin: write one such as app://obsidian.md or http://localhost:3000"
        )
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" if not port or (scheme, port) in USUAL_PORTS else f"{scheme}://{host}:{port}"


def usual_data_dir() -> Path:
    """Where programs keep what is their user's. Raises StorageError where nobody knows the user's home."""
    try:
        return user_folders.data()
    except RuntimeError as error:
        raise StorageError(
            "nobody knows where this user's files belong: there is no home folder",
            "say where recordings are to be kept with --data-dir",
        ) from error


def serving_of(args: argparse.Namespace) -> Serving:
    """What was said on the command line; what a door does not ask for is as usual."""
    given = vars(args)
    chosen: dict[str, Any] = {
        name: given[name] for name in ("models_dir", "data_dir", "port", "device", "host", "token") if name in given
    }
    chosen["origins"] = tuple(args.allow_origin)
    if args.unload_after is not None:
        chosen["unload_after"] = 60 * args.unload_after
    if "largest" in given:
        chosen |= {"largest": args.largest * 1_000_000, "at_once": args.at_once}
    return Serving(**chosen, opens_browser=not given.get("no_browser", True))
