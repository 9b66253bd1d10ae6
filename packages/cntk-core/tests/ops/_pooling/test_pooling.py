"""C.pooling and C.unpooling beyond the numbers of CNTK 2.7, which the golden cases check."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.ops import (
    AVG_POOLING,
    MAX_POOLING,
    MAX_UNPOOLING,
    input_variable,
    placeholder,
    pooling,
    unpooling,
)

POOLINGS = pytest.mark.parametrize("pooling_type", [MAX_POOLING, AVG_POOLING])


@POOLINGS
def test_a_whole_window_becomes_known_with_the_operand(pooling_type):
    x = placeholder()
    function = pooling(x, pooling_type, (-2,))
    assert function.root_function.attributes["poolingWindowShape"] == (-2,)
    applied = function.replace_placeholders({x: input_variable((2, 6, 7))})
    assert applied.shape == (2, 1, 1)
    assert applied.root_function.attributes["poolingWindowShape"] == (6, 7)


@POOLINGS
def test_a_whole_window_may_be_of_free_size(pooling_type):
    x = input_variable((2, -3, 3), needs_gradient=True)
    function = pooling(x, pooling_type, (-2,))
    assert function.shape == (2, 1, 1)
    for size in (4, 5):
        data = np.random.default_rng(size).normal(size=(3, 2, size, 3)).astype(np.float32)
        expected = data.max((2, 3)) if pooling_type == MAX_POOLING else data.mean((2, 3))
        value, gradient = function.eval({x: data}), function.grad({x: data}, [x])
        np.testing.assert_allclose(value[..., 0, 0], expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(gradient.sum((2, 3)), np.ones((3, 2)), rtol=1e-5)


@POOLINGS
def test_sizes_may_be_free_until_data_arrive(pooling_type):
    x = input_variable((2, -3, 6))
    function = pooling(x, pooling_type, (2, 2), strides=2)
    assert function.shape == (2, -3, 3)
    assert function.eval({x: np.ones((1, 2, 5, 6), np.float32)}).shape == (1, 2, 2, 3)
    with pytest.raises(ValueError, match="kernel dim 2 <= input dim 1"):
        function.eval({x: np.ones((1, 2, 1, 6), np.float32)})


def test_a_large_window_has_a_gradient():
    """Positions in a window of more than 256 cells do not fit a byte."""
    x = input_variable((1, 40), needs_gradient=True)
    function = pooling(x, MAX_POOLING, (1, 30))
    data = np.arange(40, dtype=np.float32).reshape(1, 1, 40)
    big = input_variable((20, 20), needs_gradient=True)
    np.testing.assert_array_equal(function.grad({x: data}, [x])[0, 0], [0] * 29 + [1] * 11)
    image = np.arange(400, dtype=np.float32).reshape(1, 20, 20)
    gradient = pooling(big, MAX_POOLING, (20, 20)).grad({big: image}, [big])
    assert np.argwhere(gradient[0]).tolist() == [[19, 19]]


@POOLINGS
def test_an_operand_needs_no_batch(pooling_type):
    function = pooling(np.ones((2, 4, 4), np.float32), pooling_type, (2, 2), strides=2)
    np.testing.assert_array_equal(function.eval(), np.ones((2, 2, 2)))


@pytest.mark.parametrize(
    "window, arguments, error, message",
    [
        ((7, 7), {}, ValueError, "kernel dim 7 <= input dim 6"),
        ((2, 2, 2), {}, ValueError, "rank 3 does not fit an operand of rank 2"),
        ((0, 2), {}, ValueError, "pooling_window_shape=.0, 2. has an entry below 1"),
        (2.5, {}, TypeError, "pooling_window_shape=2.5 must be a whole number"),
        ((2, 2), {"strides": (1, 1, 1)}, ValueError, "3 entries for 2 axes"),
        ((1, 1), {"strides": 4, "ceil_out_dim": True}, ValueError, "would lie outside the data"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(window, arguments, error, message):
    with pytest.raises(error, match=message):
        pooling(input_variable((6, 7)), MAX_POOLING, window, **arguments)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="Unknown pooling type 2"):
        pooling(input_variable((6, 7)), 2, (2, 2))
    with pytest.raises(RuntimeError, match="only max unpooling"):
        unpooling(input_variable(2), input_variable(4), 1, (2,))


def test_unpooling_refuses_an_operand_that_pooling_would_not_make():
    with pytest.raises(RuntimeError, match=r"'\[3\]' of the unpooling operand is different than"):
        unpooling(input_variable(3), input_variable(5), MAX_UNPOOLING, (2,), strides=2)


def test_windows_that_share_a_maximum_leave_the_last_value():
    x, like = (input_variable(size, needs_gradient=True) for size in (3, 4))
    function = unpooling(x, like, MAX_UNPOOLING, 2)
    data = {x: np.array([[1, 2, 4]], "f"), like: np.array([[1, 9, 3, 2]], "f")}
    np.testing.assert_array_equal(function.eval(data), [[0, 2, 4, 0]])
    np.testing.assert_array_equal(function.grad(data, [x]), [[1, 1, 1]])


def test_the_gradient_of_unpooling_is_the_largest_of_each_window():
    x, like = (input_variable(size, needs_gradient=True) for size in (2, 4))
    function = unpooling(x, like, MAX_UNPOOLING, 2, strides=2) * np.array([1, 5, 3, 2], "f")
    data = {x: np.ones((1, 2), "f"), like: np.array([[9, 1, 9, 1]], "f")}
    np.testing.assert_array_equal(function.grad(data, [x]), [[5, 3]])
