"""How frames lie in rows: the order, and the ways there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cntk.layout import Layout

LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=8)


def frames_of(lengths) -> np.ndarray:
    """Return one number for each frame, ``sequence.time``, in the user's order."""
    return np.array([s + t / 10 for s, n in enumerate(lengths) for t in range(n)])


def test_rows_go_by_time_and_then_from_the_longest_sequence():
    layout = Layout(3, [1, 3, 2])
    assert layout.pack(frames_of([1, 3, 2])).tolist() == [1.0, 2.0, 0.0, 1.1, 2.1, 1.2]
    assert layout.step_sizes.tolist() == [3, 2, 1]


def test_sequences_of_equal_length_keep_their_order():
    assert Layout(4, [2, 3, 2, 3]).order.tolist() == [1, 3, 0, 2]


@given(LENGTHS)
def test_unpacking_undoes_packing(lengths):
    layout, frames = Layout(len(lengths), lengths), frames_of(lengths)
    np.testing.assert_array_equal(layout.unpack(layout.pack(frames)), frames)
    parts = layout.split(layout.pack(frames))
    assert [len(part) for part in parts] == lengths


@given(LENGTHS)
def test_parts_are_packed_as_their_frames_are(lengths):
    layout, frames = Layout(len(lengths), lengths), frames_of(lengths)
    parts = np.split(frames, np.cumsum(lengths)[:-1])
    np.testing.assert_array_equal(layout.pack_parts(parts), layout.pack(frames))


@given(LENGTHS)
def test_rows_know_their_sequence_and_time(lengths):
    layout = Layout(len(lengths), lengths)
    rows = layout.pack(frames_of(lengths))
    np.testing.assert_allclose(rows, layout.sequence_of_row + layout.time_of_row / 10)
    expected = np.arange(layout.rows)
    np.testing.assert_array_equal(
        layout.row_at(layout.sequence_of_row, layout.time_of_row), expected
    )


@given(LENGTHS, st.integers(0, 7))
def test_partners_are_frames_of_one_sequence_some_steps_apart(lengths, steps):
    layout = Layout(len(lengths), lengths)
    later, earlier = layout.partners(steps)
    rows = np.arange(layout.rows)
    later, earlier = rows[later], rows[earlier]
    assert len(later) == sum(max(n - steps, 0) for n in lengths)
    np.testing.assert_array_equal(layout.sequence_of_row[later], layout.sequence_of_row[earlier])
    np.testing.assert_array_equal(layout.time_of_row[later] - steps, layout.time_of_row[earlier])


@given(LENGTHS, st.integers(0, 3))
def test_taking_undoes_padding(lengths, more):
    layout = Layout(len(lengths), lengths)
    rows = layout.pack(frames_of(lengths))
    padded = layout.pad(rows, -1, max(lengths) + more)
    assert padded.shape == (len(lengths), max(lengths) + more)
    assert (padded == -1).sum() == padded.size - len(rows)
    np.testing.assert_array_equal(layout.take(padded), rows)


def test_a_sequence_without_frames_is_refused():
    with pytest.raises(RuntimeError, match="a least one frame long.* Sequence 1 of 3"):
        Layout(3, [2, 0, 1])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (Layout(2, [1, 3]), Layout(2, [1, 3]), True),
        (Layout(2, [1, 3]), Layout(2, [3, 1]), False),
        (Layout(2, [1, 1]), Layout(2), True),
        (Layout(2, [1, 1]), Layout(3), False),
        (Layout(2, [1, 2]), Layout(2), False),
    ],
)
def test_lengths_are_compared_in_the_order_of_the_user(one, other, equal):
    assert one.has_lengths_of(other) is equal
    assert other.has_lengths_of(one) is equal


def test_start_flags_count_only_where_both_have_some():
    flagged = Layout(2, [1, 2], [True, False])
    assert flagged.agrees_with(Layout(2, [1, 2]))
    assert not flagged.agrees_with(Layout(2, [1, 2], [True, True]))
    assert not Layout(2).agrees_with(Layout(2, [1, 1]))


def test_steps_tell_the_slots_of_their_rows():
    layout = Layout(3, [1, 3, 2])
    assert [(t, rows, slots.tolist()) for t, rows, slots in layout.steps()] == [
        (0, slice(0, 3), [1, 2, 0]),
        (1, slice(3, 5), [1, 2]),
        (2, slice(5, 6), [1]),
    ]
