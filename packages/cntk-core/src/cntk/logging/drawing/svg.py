"""Pictures as Scalable Vector Graphics: one text, which browsers, notebooks and editors draw."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from cntk.logging.drawing.diagram import Box, Diagram
from cntk.logging.drawing.positions import positions
from cntk.logging.drawing.ranks import ranks, without_cycles
from cntk.logging.drawing.rows import in_rows

_LETTER, _LINE = 7.3, 16.0  # width of a letter and height of a line of the 12 px type used
_PAD, _GAP, _ROW_GAP, _EDGE, _BESIDE = 10.0, 24.0, 34.0, 12.0, 16.0
Stop = tuple[float, float, float]
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# a notebook puts pictures into its page: rules that were not for this class would be for all of it
_STYLE = """
  .cntk-graph text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #555 }
  .cntk-graph text { text-anchor: middle }
  .cntk-graph .title { font-weight: bold; fill: #111 }
  .cntk-graph .function { fill: #f4f6f8; stroke: #8894a0 }
  .cntk-graph .block { fill: #e3edf9; stroke: #4a7ab5 }
  .cntk-graph .input { fill: #e7f5e6; stroke: #579a52 }
  .cntk-graph .stored { fill: #fdf3dc; stroke: #b88a2e }
  .cntk-graph .arrow { fill: none; stroke: #777 }
  .cntk-graph .back { stroke-dasharray: 5 3 }
"""


def svg_text(diagram: Diagram) -> str:
    """Return a picture as SVG.

    Args:
        diagram: the picture.
    """
    boxes = diagram.boxes
    drawn = [(a, b) for a, b in diagram.arrows if a != b]
    downward = without_cycles(len(boxes), drawn)
    rank = ranks(len(boxes), downward)
    rows = in_rows(rank, downward)
    sizes = [_size(box) for box in boxes]
    x = [_EDGE + place for place in positions(rows, [width for width, _ in sizes], _GAP)]
    tops, heights = _heights(rank, len(rows.rows), sizes)
    parts: list[str] = []
    for (start, _), (upper, _), route in zip(drawn, downward, rows.routes):
        levels = _levels(rank, route, tops, heights, sizes)
        stops = [(x[item], *level) for item, level in zip(route, levels)]
        parts.append(_arrow(stops) if start == upper else _arrow_back(stops))
    parts += [_box(box, x[i], tops[rank[i]], *sizes[i]) for i, box in enumerate(boxes)]
    rights = [place + width / 2 for place, (width, _) in zip(x, sizes)]
    right = max([*rights, *x[len(boxes) :]], default=0)
    bottom = tops[-1] + heights[-1] if tops else 0
    return "\n".join([*_head(right + _EDGE, bottom + _EDGE), *parts, "</svg>", ""])


def _head(width: float, height: float) -> Iterator[str]:
    yield (
        '<svg class="cntk-graph" xmlns="http://www.w3.org/2000/svg" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
    )
    yield f"<style>{_STYLE}</style>"
    yield (
        '<defs><marker id="cntk-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#777"/></marker></defs>'
    )
    yield '<rect width="100%" height="100%" fill="#fff"/>'


def _size(box: Box) -> tuple[float, float]:
    longest = max(map(_columns, box.lines))
    return longest * _LETTER + 2 * _PAD, len(box.lines) * _LINE + _PAD


def _columns(text: str) -> int:
    """Return the width of a text in letters; those of East Asia take two."""
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def _heights(rank, count: int, sizes) -> tuple[list[float], list[float]]:
    """Return the upper end and the height of each row."""
    heights = [_LINE] * count
    for row, (_, height) in zip(rank, sizes):
        heights[row] = max(heights[row], height)
    tops, top = [], _EDGE
    for height in heights:
        tops.append(top)
        top += height + _ROW_GAP
    return tops, heights


def _levels(rank, route, tops, heights, sizes) -> list[tuple[float, float]]:
    """Return where an arrow enters and leaves each row it goes through."""
    first, last = rank[route[0]], rank[route[-1]]
    below = tops[first] + sizes[route[0]][1]
    levels = [(below, below)]
    if len(route) > 2:
        levels += [(tops[row], tops[row] + heights[row]) for row in range(first + 1, last)]
    return [*levels, (tops[last], tops[last])]


def _arrow(stops: list[Stop], style: str = "arrow") -> str:
    """Return an arrow through stops: the place of each, and where it is entered and left."""
    x, _, y = stops[0]
    steps = [f"M{x:.1f} {y:.1f}"]
    for to_x, enter, leave in stops[1:]:
        middle = (y + enter) / 2
        steps.append(f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {enter:.1f}")
        if leave != enter:
            steps.append(f"V{leave:.1f}")
        x, y = to_x, leave
    return f'<path class="{style}" marker-end="url(#cntk-tip)" d="{" ".join(steps)}"/>'


def _arrow_back(stops: list[Stop]) -> str:
    """Return an arrow that closes a cycle, upward, beside one that may lead downward there."""
    upward = [(x - _BESIDE, leave, enter) for x, enter, leave in reversed(stops)]
    return _arrow(upward, "arrow back")


def _box(box: Box, x: float, top: float, width: float, height: float) -> str:
    rounded = height / 2 if box.kind == "input" else 4
    lines = [f"<g><title>{_escaped(box.whole)}</title>"]
    lines.append(
        f'<rect class="{box.kind}" x="{x - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="{min(rounded, 16):.0f}"/>'
    )
    for i, line in enumerate(box.lines):
        style = ' class="title"' if i == 0 else ""
        y = top + _PAD / 2 + (i + 0.75) * _LINE
        lines.append(f'<text{style} x="{x:.1f}" y="{y:.1f}">{_escaped(line)}</text>')
    return "".join([*lines, "</g>"])


def _escaped(text: str) -> str:
    """Return a text for XML; a user's name may hold anything."""
    return html.escape(_NOT_IN_XML.sub("\ufffd", text))
