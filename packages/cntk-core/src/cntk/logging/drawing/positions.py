"""How far to the right each box of a row stands: near its neighbours, and clear of the next box."""

from __future__ import annotations

from collections.abc import Sequence

from cntk.logging.drawing.rows import Rows

_SWEEPS = 8
_POINT_WEIGHT = 4.0  # long arrows are kept straight rather than boxes centred


def positions(rows: Rows, widths: Sequence[float], gap: float) -> list[float]:
    """Return the middle of each box and point, from left to right.

    Args:
        rows: the rows.
        widths: width of each box; points have none.
        gap: what is left free between two.
    """
    boxes = len(widths)
    width = [*widths, *([0.0] * (len(rows.above) - boxes))]
    weight = [1.0] * boxes + [_POINT_WEIGHT] * (len(rows.above) - boxes)
    at = [0.0] * len(rows.above)
    for row in rows.rows:
        _settle(row, [0.0] * len(row), width, weight, gap, at)
    for sweep in range(_SWEEPS):
        downward = sweep % 2 == 0
        for row in rows.rows if downward else rows.rows[::-1]:
            wanted = [_wanted(item, rows, downward, at) for item in row]
            _settle(row, wanted, width, weight, gap, at)
    left = min((x - size / 2 for x, size in zip(at, width)), default=0.0)
    return [x - left for x in at]


def _wanted(item: int, rows: Rows, downward: bool, at: list[float]) -> float:
    near = rows.above[item] if downward else rows.below[item]
    near = near or (rows.below[item] if downward else rows.above[item])
    if not near:
        return at[item]
    places = sorted(at[other] for other in near)
    middle = len(places) // 2
    return places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2


def _settle(row, wanted, width, weight, gap: float, at: list[float]) -> None:
    """Place a row as near as possible to what is wanted, in its order, by least squares.

    Measured without the widths to the left, the places must only not fall: isotonic regression,
    solved by pooling neighbours that violate it.
    """
    offset, offsets = 0.0, []
    for i, item in enumerate(row):
        if i:
            offset += (width[row[i - 1]] + width[item]) / 2 + gap
        offsets.append(offset)
    pools: list[list[float]] = []  # sum of weight * place, sum of weights, number of items
    for item, place, before in zip(row, wanted, offsets):
        pools.append([weight[item] * (place - before), weight[item], 1])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last)]
    i = 0
    for total, weights, count in pools:
        for _ in range(int(count)):
            at[row[i]] = total / weights + offsets[i]
            i += 1
