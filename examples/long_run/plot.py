"""Draw the curves of a run from its log: ``python plot.py long-run/log.jsonl FOLDER``.

Loss and error become ``loss.svg`` and ``error.svg``; nothing but Python is needed.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 34, 40  # margins
COLORS = ("#9ecae1", "#08519c", "#d94801")


class Curve(NamedTuple):
    """Points (x, y) with a name."""

    name: str
    points: list[tuple[float, float]]


def ticks(low: float, high: float) -> list[float]:
    """Return some round numbers in a range.

    >>> ticks(0, 4400)
    [0, 1000, 2000, 3000, 4000]
    """
    step = 10 ** math.floor(math.log10((high - low) / 2))
    step *= next(k for k in (1, 2, 5, 10) if (high - low) / (k * step) <= 6)
    return [round(i * step, 10) for i in range(math.ceil(low / step), int(high / step) + 1)]


def chart(title: str, across: str, curves: list[Curve]) -> str:
    """Return a picture of curves whose values begin at 0."""
    right = max(x for curve in curves for x, _ in curve.points)
    top = max(y for curve in curves for _, y in curve.points) * 1.05
    return "\n".join(_lines(title, across, curves, right, top)) + "\n"


def _lines(title: str, across: str, curves: list[Curve], right: float, top: float) -> Iterator[str]:
    def x_of(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / right

    def y_of(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    yield f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>'
    for value in ticks(0, top):
        y = y_of(value)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e5e5e5"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    for value in ticks(0, right):
        yield (
            f'<text x="{x_of(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{value:g}</text>"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    for i, (curve, color) in enumerate(zip(curves, COLORS)):
        path = "L".join(f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in curve.points)
        yield f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        y = TOP + 14 + 16 * i
        yield (
            f'<text x="{WIDTH - RIGHT - 8}" y="{y}" text-anchor="end" fill="{color}">'
            f"{escape(curve.name)}</text>"
        )
    yield "</svg>"


def curve(name: str, rows: list[dict], event: str, what: str) -> Curve:
    """Return a curve of what a log tells of events, over minibatches."""
    chosen = [row for row in rows if row["event"] == event and row[what] is not None]
    return Curve(name, [(row["minibatches"], row[what]) for row in chosen])


def main() -> None:
    log, folder = map(Path, sys.argv[1:])
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    charts = {
        "loss": ("Loss", [curve("20 minibatches", rows, "minibatch", "loss"),
                          curve("sweep", rows, "epoch", "loss")]),
        "error": ("Share of wrong answers", [curve("20 minibatches", rows, "minibatch", "metric"),
                                             curve("sweep", rows, "epoch", "metric"),
                                             curve("validation", rows, "test", "metric")]),
    }  # fmt: skip
    for name, (title, curves) in charts.items():
        path = folder / f"{name}.svg"
        path.write_text(chart(title, "minibatches", curves), encoding="utf-8")
        print(f"drew {path}")


if __name__ == "__main__":
    main()
