from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cntk.logging.drawing.positions import positions
from cntk.logging.drawing.ranks import ranks, without_cycles
from cntk.logging.drawing.rows import in_rows

ARROWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]),
    unique=True,
)


@given(ARROWS, st.lists(st.floats(1, 100), min_size=10, max_size=10))
def test_boxes_are_clear_of_one_another(arrows, widths):
    arrows = without_cycles(10, arrows)
    rows = in_rows(ranks(10, arrows), arrows)
    at = positions(rows, widths, gap=5)
    size = [*widths, *([0.0] * (len(at) - 10))]
    for row in rows.rows:
        for left, right in zip(row, row[1:]):
            room = at[right] - at[left] - (size[left] + size[right]) / 2
            assert room >= 5 - 1e-6
    assert min(x - w / 2 for x, w in zip(at, size)) == pytest.approx(0)


def test_a_chain_is_straight():
    rows = in_rows([0, 1, 2], [(0, 1), (1, 2)])
    assert positions(rows, [10, 40, 20], 5) == pytest.approx([20, 20, 20])


def test_a_box_stands_between_its_operands():
    at = positions(in_rows([0, 0, 1], [(0, 2), (1, 2)]), [10, 10, 10], 10)
    assert at[2] == pytest.approx((at[0] + at[1]) / 2)
