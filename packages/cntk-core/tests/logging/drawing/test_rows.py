from __future__ import annotations

from cntk.logging.drawing import rows as module
from cntk.logging.drawing.rows import in_rows


def crossings(rows, arrows):
    place = {item: i for row in rows.rows for i, item in enumerate(row)}
    pairs = [(place[a], place[b]) for a, b in arrows]
    return sum((a - c) * (b - d) < 0 for a, b in pairs for c, d in pairs) // 2


def test_crossed_arrows_are_uncrossed():
    arrows = [(0, 5), (1, 4), (2, 3)]
    assert crossings(in_rows([0, 0, 0, 1, 1, 1], arrows), arrows) == 0


def test_a_long_arrow_goes_through_a_point_of_each_row():
    rows = in_rows([0, 1, 2, 3], [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert rows.routes[3] == [0, 4, 5, 3]
    assert [len(row) for row in rows.rows] == [1, 2, 2, 1]
    assert (rows.above[5], rows.below[5]) == ([4], [3])


def test_a_graph_of_very_many_long_arrows(monkeypatch):
    monkeypatch.setattr(module, "_MOST_POINTS", 1)
    rows = in_rows([0, 1, 2, 3], [(0, 2), (0, 3)])
    assert rows.routes == [[0, 4, 2], [0, 3]]


def test_nothing():
    assert in_rows([], []).rows == []
