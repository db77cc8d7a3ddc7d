"""Lines over a logarithmic axis, as an SVG that needs nothing else and is readable on light and dark pages."""

import math
from html import escape
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 640, 360, 60, 40, 130, 40
COLOURS = ("#2f7d4f", "#b5541c", "#4a6fb5", "#8a5aa8")


def write(path: Path, title: str, lines: dict[str, list[tuple[float, float]]]) -> None:
    """`lines`: (x, y) of each line's points, by its name; x is drawn by its logarithm, y from zero."""
    points = [point for line in lines.values() for point in line]
    low, high = math.log10(min(x for x, _ in points)), math.log10(max(x for x, _ in points))
    top = 1.1 * max(y for _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - low) / max(high - low, 1e-9)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - BOTTOM - TOP)

    parts = [_text(LEFT, 20, title, "start")]
    for x in sorted({x for x, _ in points}):
        parts.append(_text(place(x, 0)[0], HEIGHT - BOTTOM + 18, f"{x:g}"))
    for share in range(5):
        value = top * share / 4
        _, y = place(10**low, value)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#8884"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{value:.3g}", "end"))
    for (name, line), colour in zip(lines.items(), COLOURS, strict=False):
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in line))
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = place(*line[-1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(_text(x + 8, y + 4, name, "start", colour))
    style = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12"'
    path.write_text(f"<svg {style}>\n" + "\n".join(parts) + "\n</svg>\n", encoding="utf-8")


def _text(x: float, y: float, text: str, anchor: str = "middle", colour: str = "#777") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
