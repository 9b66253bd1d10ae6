from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.function import Function
from cntk.layers import Dense, UnfoldFrom

from ..gradients import assert_right_gradients

start = C.input_variable(2, name="start", dtype=np.float64, needs_gradient=True)
like = C.sequence.input_variable(1, name="like", dtype=np.float64)
STARTS = np.array([[0, 1], [4, -1]], float)
LIKE = [np.zeros((3, 1)), np.zeros((2, 1))]
DATA = {start: STARTS, like: LIKE}


def test_the_output_is_the_next_state():
    found = UnfoldFrom(lambda h: h * 2 + 1)(start, like).eval(DATA)
    np.testing.assert_allclose(found[0], [[1, 3], [3, 7], [7, 15]])
    np.testing.assert_allclose(found[1], [[9, -1], [19, -1]])


def test_the_output_differs_from_the_next_state():
    found = UnfoldFrom(lambda h: (h * 10, h + 1))(start, like).eval(DATA)
    np.testing.assert_allclose(found[0], [[0, 10], [10, 20], [20, 30]])
    np.testing.assert_allclose(found[1], [[40, -10], [50, 0]])


@pytest.mark.parametrize("factor, lengths", [(1, [3, 2]), (2, [6, 4]), (1.5, [5, 3])])
def test_the_length(factor, lengths):
    found = UnfoldFrom(lambda h: h + 1, length_increase=factor)(start, like).eval(DATA)
    assert [len(sequence) for sequence in found] == lengths
    np.testing.assert_allclose(found[0][:, 0], np.arange(1, lengths[0] + 1))


def test_it_ends_with_the_frame_that_the_predicate_holds_for():
    layer = UnfoldFrom(lambda h: h + 1, until_predicate=lambda h: C.greater(h[0], 1.5))
    found = layer(start, like).eval(DATA)
    np.testing.assert_allclose(found[0], [[1, 2], [2, 3]])
    np.testing.assert_allclose(found[1], [[5, 0]])


def test_it_is_a_function_of_state_and_axes():
    layer = UnfoldFrom(lambda h: h + 1)
    assert isinstance(layer, Function)
    assert [a.name for a in layer.arguments] == ["initial_state", "dynamic_axes_like"]
    assert layer(start, like).arguments == (start, like)
    assert layer(start, like).output.dynamic_axes == like.dynamic_axes


def test_names():
    assert UnfoldFrom(lambda h: h + 1)(start, like).name == "unfold_output"
    assert UnfoldFrom(lambda h: h + 1)(start, like).output.name == ""
    named = UnfoldFrom(lambda h: h + 1, name="u")(start, like)
    assert (named.name, named.output.name, named.root_function.op_name) == ("u", "u", "NoOp")
    ended = UnfoldFrom(lambda h: h + 1, lambda h: C.greater(h[0], 2))(start, like)
    assert (ended.name, ended.root_function.op_name) == ("valid_output", "Sequence::Gather")


def test_a_generator_may_be_a_function_with_parameters():
    with C.default_options(dtype=np.float64):
        layer = UnfoldFrom(Dense(2, activation=C.tanh))(start, like)
    assert [p.name for p in layer.parameters] == ["W", "b"]
    assert_right_gradients(layer, DATA, [start, *layer.parameters])


REFUSED = {
    "no function": (5, "the generator must be a function, not 5"),
    "two states": (lambda h, g: h + g, "take 1 positional argument .* it takes 2 and returns 1"),
    "three outputs": (lambda h: (h, h, h), "return a single output or a tuple .* returns 3"),
    "an outer variable": (lambda h: h + start, r"missing arguments \(start\)"),
}


@pytest.mark.parametrize("generator, message", REFUSED.values(), ids=REFUSED)
def test_what_is_no_generator_is_refused(generator, message):
    with pytest.raises(TypeError, match=message):
        UnfoldFrom(generator)


def test_only_a_sequence_says_a_length():
    with pytest.raises(RuntimeError, match="#dynamic axes != 2"):
        UnfoldFrom(lambda h: h + 1)(start, start)
