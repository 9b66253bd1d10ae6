"""Gradients of operands that are smaller than what they meet."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import ops

WIDE = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
NARROW = np.array([[1], [2]], np.float32)


def free(name: str):
    return C.input_variable(C.FreeDimension, needs_gradient=True, name=name)


@pytest.mark.parametrize("operator", ["plus", "element_times"])
@pytest.mark.parametrize("size", [3, C.FreeDimension])
def test_a_free_axis_of_size_1_is_summed_when_it_met_a_longer_one(operator, size):
    a, b = free("a"), C.input_variable(size, needs_gradient=True, name="b")
    found = getattr(ops, operator)(a, b).grad({a: NARROW, b: WIDE}, [a, b])
    ones, times = np.ones_like(WIDE), operator == "element_times"
    np.testing.assert_array_equal(found[a], (WIDE if times else ones).sum(1, keepdims=True))
    np.testing.assert_array_equal(found[b], NARROW * ones if times else ones)


def test_free_axes_of_one_size_keep_their_gradients():
    a, b = free("a"), free("b")
    found = (a * b).grad({a: WIDE, b: WIDE + 1}, [a, b])
    np.testing.assert_array_equal(found[a], WIDE + 1)
    np.testing.assert_array_equal(found[b], WIDE)


def test_a_frame_with_a_free_axis_is_summed_too():
    s = C.sequence.input_variable(3, needs_gradient=True)
    a = free("a")
    found = (a * s).grad({s: [WIDE, WIDE[:1]], a: NARROW}, [a])
    np.testing.assert_array_equal(found, [[21.0], [6.0]])


def test_an_operand_of_lower_rank_and_as_many_elements_loses_the_leading_axes():
    p = C.parameter(init=np.array([[0.5]], np.float32))
    q = C.parameter(init=np.array([1, 2], np.float32))
    found = C.reduce_sum_square(p + q, axis=[0, 1]).grad({}, [p, q])
    np.testing.assert_array_equal(found[p], [[8.0]])
    np.testing.assert_array_equal(found[q], [3.0, 5.0])


def test_rows_that_became_a_batch_return_to_the_static_axis():
    x = C.input_variable((2, 3), dynamic_axes=[], needs_gradient=True)
    weight = C.constant(np.array([1, 2, 3], np.float32))
    found = (C.to_batch(x) * weight).grad({x: WIDE}, [x])
    np.testing.assert_array_equal(found, [[1, 2, 3], [1, 2, 3]])


def test_one_row_that_became_a_batch_returns_to_the_static_axis():
    x = C.input_variable((1, 3), dynamic_axes=[], needs_gradient=True)
    found = C.square(C.to_batch(x)).grad({x: WIDE[:1]}, [x])
    np.testing.assert_array_equal(found, 2 * WIDE[:1])
