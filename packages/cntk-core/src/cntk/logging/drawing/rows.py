"""The order of boxes in the rows of a picture, so that few arrows cross.

An arrow over several rows gets a point in each row between; boxes and points are then sorted by the
mean place of their neighbours, row after row, downward and upward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cntk.logging.drawing.ranks import Arrow

_SWEEPS = 6
_MOST_POINTS = 20_000  # longer arrows of a graph with more go straight to their end


@dataclass(frozen=True)
class Rows:
    """Boxes and points in rows.

    Args:
        rows: numbers from left to right; those from the number of boxes on are points.
        routes: for each arrow the boxes and points that it goes through.
        above: the neighbours of each in the row above.
        below: the neighbours of each in the row below.
    """

    rows: list[list[int]]
    routes: list[list[int]]
    above: list[list[int]]
    below: list[list[int]]


def in_rows(rank: Sequence[int], arrows: Sequence[Arrow]) -> Rows:
    """Return the rows of a picture.

    Args:
        rank: the row of each box.
        arrows: (from, to) of each arrow, downward.
    """
    rows: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for box, row in enumerate(rank):
        rows[row].append(box)
    above: list[list[int]] = [[] for _ in rank]
    below: list[list[int]] = [[] for _ in rank]
    routes: list[list[int]] = []
    free = _MOST_POINTS
    for start, end in arrows:
        between = rank[end] - rank[start] - 1
        if between > free:
            routes.append([start, end])
            continue
        free -= between
        route = [start]
        for row in range(rank[start] + 1, rank[end]):
            route.append(len(above))
            rows[row].append(len(above))
            above.append([])
            below.append([])
        route.append(end)
        for upper, lower in zip(route, route[1:]):
            below[upper].append(lower)
            above[lower].append(upper)
        routes.append(route)
    result = Rows(rows, routes, above, below)
    _sort(result)
    return result


def _sort(rows: Rows) -> None:
    place = [0.0] * len(rows.above)
    for row in rows.rows:
        _number(row, place)
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        neighbours = rows.above if downward else rows.below
        for row in rows.rows[1:] if downward else rows.rows[-2::-1]:
            wanted = {item: _mean(neighbours[item], place, place[item]) for item in row}
            row.sort(key=wanted.__getitem__)
            _number(row, place)


def _number(row: list[int], place: list[float]) -> None:
    """Number the places of a row evenly between 0 and 1, so that rows of any length compare."""
    for i, item in enumerate(row):
        place[item] = (i + 0.5) / len(row)


def _mean(items: list[int], place: list[float], otherwise: float) -> float:
    return sum(place[item] for item in items) / len(items) if items else otherwise
