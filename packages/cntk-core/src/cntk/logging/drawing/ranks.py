"""Which row of a picture each box stands in: operands above what uses them.

The first step of the layered drawing of graphs (Sugiyama, Tagawa and Toda: "Methods for Visual
Understanding of Hierarchical System Structures", 1981).
"""

from __future__ import annotations

from collections.abc import Sequence

Arrow = tuple[int, int]


def without_cycles(count: int, arrows: Sequence[Arrow]) -> list[Arrow]:
    """Return the arrows with those turned round that close a cycle; recurrences do.

    Args:
        count: number of boxes.
        arrows: (from, to) of each arrow, none from a box to itself.
    """
    following: list[list[int]] = [[] for _ in range(count)]
    for start, end in arrows:
        following[start].append(end)
    closing: set[Arrow] = set()
    state = [0] * count  # 1: on the way from the start to here, 2: done
    for first in range(count):
        if state[first]:
            continue
        state[first] = 1
        stack = [(first, iter(following[first]))]
        while stack:
            box, rest = stack[-1]
            for end in rest:
                if state[end] == 1:
                    closing.add((box, end))
                elif state[end] == 0:
                    state[end] = 1
                    stack.append((end, iter(following[end])))
                    break
            else:
                state[box] = 2
                stack.pop()
    return [(b, a) if (a, b) in closing else (a, b) for a, b in arrows]


def ranks(count: int, arrows: Sequence[Arrow]) -> list[int]:
    """Return the row of each box, from 0 on: below all its operands, and as high as that allows.

    Boxes without operands, such as inputs, stand just above what uses them first.

    Args:
        count: number of boxes.
        arrows: (from, to) of each arrow, without cycles.
    """
    following: list[list[int]] = [[] for _ in range(count)]
    missing = [0] * count
    for start, end in arrows:
        following[start].append(end)
        missing[end] += 1
    sources = [box for box in range(count) if not missing[box]]
    rank = [0] * count
    ready = list(sources)
    while ready:
        box = ready.pop()
        for end in following[box]:
            rank[end] = max(rank[end], rank[box] + 1)
            missing[end] -= 1
            if not missing[end]:
                ready.append(end)
    for box in sources:
        if following[box]:
            rank[box] = min(rank[end] for end in following[box]) - 1
    return rank
