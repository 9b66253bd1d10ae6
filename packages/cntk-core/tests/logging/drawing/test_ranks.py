from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cntk.logging.drawing.ranks import ranks, without_cycles

ARROWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]),
    unique=True,
)


@given(ARROWS)
def test_operands_stand_above(arrows):
    downward = without_cycles(10, arrows)
    rank = ranks(10, downward)
    assert all(rank[start] < rank[end] for start, end in downward)
    assert min(rank) >= 0


@given(ARROWS)
def test_arrows_are_turned_round_at_most(arrows):
    assert [{*pair} for pair in without_cycles(10, arrows)] == [{*pair} for pair in arrows]


def test_arrows_without_cycles_stay():
    arrows = [(0, 1), (1, 2), (0, 2)]
    assert without_cycles(3, arrows) == arrows


def test_a_recurrence_turns_the_arrow_that_closes_it():
    assert without_cycles(3, [(0, 1), (1, 2), (2, 1)]) == [(0, 1), (1, 2), (1, 2)]


def test_an_input_stands_just_above_what_uses_it():
    assert ranks(4, [(0, 1), (1, 2), (3, 2)]) == [0, 1, 2, 1]


def test_a_long_chain():
    count = 50_000
    arrows = [(i, i + 1) for i in range(count - 1)]
    assert ranks(count, without_cycles(count, arrows))[-1] == count - 1
