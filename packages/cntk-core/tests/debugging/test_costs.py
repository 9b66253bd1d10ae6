from __future__ import annotations

import pytest

import cntk as C
from cntk.debugging.costs import (
    Minibatch,
    forward_bytes,
    is_open,
    operations,
    training_bytes,
)

x = C.input_variable(4, name="x")


def total(function, samples=1, frames=1):
    return sum(operations(function, Minibatch(samples, frames)).values())


def test_rows():
    minibatch = Minibatch(8, 5)
    sequence = C.sequence.input_variable(1)
    assert minibatch.rows(()) == 1
    assert minibatch.rows(x.dynamic_axes) == 8
    assert minibatch.rows(sequence.dynamic_axes) == 40


def test_rows_of_ragged_sequences():
    sequence = C.sequence.input_variable(1)
    axis = sequence.dynamic_axes[1]
    other = C.sequence.input_variable(1, sequence_axis=C.Axis("other"))
    for lengths in ({axis: (3, 1, 4)}, {None: (3, 1, 4)}):
        minibatch = Minibatch(3, 2, lengths)
        assert minibatch.rows(sequence.dynamic_axes) == 8
        assert minibatch.steps(sequence.dynamic_axes) == 4
        assert minibatch.sequences(sequence.dynamic_axes) == 3
    assert Minibatch(3, 2, {axis: (3, 1, 4)}).rows(other.dynamic_axes) == 6


def test_a_product_takes_two_operations_for_each_weight_and_sample():
    product = C.times(x, C.parameter((4, 3)))
    assert total(product) == 2 * 4 * 3
    assert total(product, samples=8) == 8 * 2 * 4 * 3


def test_a_convolution_takes_its_map_at_each_place():
    image = C.input_variable((3, 8, 8))
    layer = C.convolution(C.parameter((16, 3, 3, 3)), image, auto_padding=[False, True, True])
    assert total(layer) == 2 * 16 * 8 * 8 * 3 * 3 * 3


def test_a_shared_product_is_computed_once():
    weights = C.parameter((4, 3))
    assert total(C.combine([C.times(x, weights), C.times(x, weights)])) == 2 * 4 * 3


def recurrence(size=4):
    data, later = C.sequence.input_variable(size), C.placeholder(size)
    state = C.tanh(C.times(C.sequence.past_value(later), C.parameter((size, size))) + data)
    return state.replace_placeholders({later: state.output})


def test_a_recurrence_is_counted_by_frame():
    one, ten = total(recurrence()), total(recurrence(), samples=2, frames=5)
    assert one >= 2 * 4 * 4
    assert ten == 10 * one


def test_memory_grows_with_the_minibatch():
    layer = C.relu(C.times(x, C.parameter((4, 256))))
    small, large = (forward_bytes(layer, Minibatch(n, 1)) for n in (1, 1000))
    assert small < 20_000
    assert 1000 * 256 * 4 <= large < 3 * 1000 * 256 * 4


def test_training_keeps_what_inference_lets_go():
    layer = x
    for _ in range(6):
        layer = C.tanh(C.times(layer, C.parameter((layer.shape[0], 64))))
    minibatch = Minibatch(1000, 1)
    assert training_bytes(layer, minibatch) > 2 * forward_bytes(layer, minibatch)
    assert training_bytes(layer, minibatch) >= 6 * 1000 * 64 * 4


def test_memory_of_what_recurs():
    minibatch = Minibatch(10, 20)
    assert forward_bytes(recurrence(64), minibatch) >= 10 * 20 * 64 * 4
    assert training_bytes(recurrence(64), minibatch) > forward_bytes(recurrence(64), minibatch)


def test_nothing_to_differentiate():
    assert training_bytes(C.relu(x), Minibatch(8, 1)) > 0


@pytest.mark.parametrize(
    "function, expected",
    [
        (C.relu(x), False),
        (C.relu(C.placeholder()), True),
        (C.relu(C.input_variable((C.FreeDimension, 2))), True),
        (C.combine([C.parameter((-1, 2)), x]), True),
    ],
)
def test_open_sizes(function, expected):
    assert is_open(function) == expected
