"""Where the weights of a recurrent stack lie."""

from __future__ import annotations

import pytest

from cntk.ops._recurrence.weight_layout import Stack


@pytest.mark.parametrize(
    ("recurrent_op", "bidirectional", "rows"),
    [
        ("lstm", False, 76),
        ("lstm", True, 184),
        ("gru", False, 57),
        ("gru", True, 138),
        ("rnnReLU", False, 19),
        ("rnnTanh", True, 46),
    ],
)
def test_counts_are_those_of_the_original(recurrent_op, bidirectional, rows):
    stack = Stack(3, 4, 2, bidirectional, recurrent_op)
    assert stack.element_count == rows * 4


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("recurrent_op", ["lstm", "gru", "rnnReLU"])
def test_places_fill_the_weights_without_a_gap(recurrent_op, bidirectional):
    stack = Stack(5, 2, 3, bidirectional, recurrent_op)
    places = [p for layer in stack.places() for weights in layer for p in weights]
    places.sort()
    assert [p.begin for p in places] == [0, *(p.end for p in places[:-1])]
    assert places[-1].end == stack.element_count


def test_matrices_come_first_then_biases():
    (forward, backward), (upper, _) = Stack(5, 2, 2, True, "rnnTanh").places()
    assert forward.from_input == (0, 10, (2, 5)) and forward.from_state == (10, 14, (2, 2))
    assert backward.from_input == (14, 24, (2, 5)) and backward.from_state == (24, 28, (2, 2))
    assert upper.from_input == (28, 36, (2, 4))
    assert forward.input_bias == (52, 54, (2,)) and forward.state_bias == (54, 56, (2,))
    assert backward.input_bias == (56, 58, (2,))


def test_counting_takes_no_time_however_many_layers():
    assert Stack(1, 1, 10**18, False, "rnnTanh").element_count == 4 * 10**18
