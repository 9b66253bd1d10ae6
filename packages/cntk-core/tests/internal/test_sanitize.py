from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.internal import (
    is_byte_buffer,
    is_string,
    sanitize_2d_number,
    sanitize_dtype_numpy,
    sanitize_function,
    sanitize_Function_attributes,
    sanitize_input,
    sanitize_permutation,
    sanitize_precision,
    sanitize_range,
    sanitize_shape,
    sanitize_variable_or_function,
    sanitize_variables_or_functions,
)


@pytest.fixture
def x():
    return C.Variable((2, 3), np.float32, dynamic_axes=[C.Axis.default_batch_axis()], name="x")


def test_kinds_of_text():
    assert is_string("a") and not is_string(b"a")
    assert is_byte_buffer(b"a") and is_byte_buffer(bytearray(b"a")) and not is_byte_buffer("a")


@pytest.mark.parametrize("shape", [3, (3,), [3], np.array([3])])
def test_shape(shape):
    assert sanitize_shape(shape) == (3,)


@pytest.mark.parametrize("shape", [None, 0, (2, -7)])
def test_shape_that_is_none(shape):
    with pytest.raises((TypeError, ValueError)):
        sanitize_shape(shape)


def test_permutation():
    assert sanitize_permutation((-1, 0)) == [1, 0]
    with pytest.raises(ValueError, match="duplicate item in permutation"):
        sanitize_permutation((0, -2))
    with pytest.raises(ValueError, match="from -2 to 1"):
        sanitize_permutation((0, 2))


@pytest.mark.parametrize(
    ("given", "expected"),
    [(np.float32, np.float32), ("float", np.float32), ("double", np.float64), (float, np.float64)],
)
def test_dtype(given, expected):
    assert sanitize_dtype_numpy(given) is expected


def test_dtype_that_the_graph_does_not_know():
    with pytest.raises(ValueError, match="not supported"):
        sanitize_dtype_numpy("word")
    with pytest.raises(ValueError, match="not supported"):
        sanitize_precision(None)
    assert sanitize_precision("float16") is np.float16


def test_input_leaves_variables_and_functions_alone(x):
    function = C.combine([x])
    assert sanitize_input(x) is x
    assert sanitize_input(function) is function


def test_input_makes_constants():
    constant = sanitize_input([1, 2], np.float64, reshape=(2, 1))
    assert (constant.shape, constant.dtype) == ((2, 1), np.float64)
    assert sanitize_input(np.ones(2)).dtype == np.float32
    with pytest.raises(ValueError, match="operand must be"):
        sanitize_input(None)


def test_function(x):
    assert sanitize_function(x).output == x
    with pytest.raises(TypeError, match="cannot be cast to Variable"):
        sanitize_function(3)


def test_variable_or_function(x):
    function = C.combine([x])
    assert sanitize_variable_or_function(x) is x
    assert sanitize_variables_or_functions(x) == [x]
    assert sanitize_variables_or_functions([x, function]) == [x, function]
    with pytest.raises(TypeError, match="single-output Function, but got"):
        sanitize_variable_or_function(C.combine([x, x]))
    with pytest.raises(TypeError, match="single-output Function, but got"):
        sanitize_variables_or_functions([3])


@pytest.mark.parametrize("sanitize", [sanitize_range, sanitize_2d_number])
def test_pairs(sanitize):
    assert sanitize(0.5) == (0.5, 0.5)
    assert sanitize((1, 2)) == (1, 2)
    for wrong in ([1, 2], (1, 2, 3), "a", None):
        with pytest.raises(ValueError, match="a number or a tuple of two numbers"):
            sanitize(wrong)


def test_attributes_are_python_objects_already():
    attributes = {"alpha": 1.0}
    assert sanitize_Function_attributes(attributes) is attributes
