from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.internal.swig_helper import map_if_possible, typemap
from cntk.internal.utils import (
    get_data_type,
    get_python_function_arguments,
    map_function_arguments,
)


def test_data_type_is_the_wider_one():
    single = C.Parameter((2,))
    double = C.Parameter((2,), dtype=np.float64)
    assert get_data_type(single, 3) is np.float32
    assert get_data_type(single, double) is np.float64
    assert get_data_type(np.ones(2)) is np.float64


def test_data_type_of_numbers_and_of_nothing():
    assert get_data_type(3) is np.float32
    assert get_data_type([1, 2]) is np.float32
    assert get_data_type() is None


def test_data_type_that_the_graph_does_not_know():
    with pytest.raises(ValueError, match="int64"):
        get_data_type(np.ones(2, np.int64))


def test_arguments_are_the_parameters_without_default():
    def scale(x: int, factor, offset=0, *rest, keyword=1):
        return x

    assert get_python_function_arguments(scale) == (["x", "factor"], {"x": int})
    assert get_python_function_arguments(lambda q, *rest: q) == (["q"], {})


def test_mapping_arguments():
    names = {"a": "A", "b": "B"}
    assert map_function_arguments(["A", "B"], names, 1, 2) == {"A": 1, "B": 2}
    assert map_function_arguments(["A", "B"], names, 1, b=2) == {"A": 1, "B": 2}
    assert map_function_arguments(["A", "B"], names, b=2, a=1) == {"A": 1, "B": 2}
    assert map_function_arguments([], {}) == {}


@pytest.mark.parametrize(
    ("error", "args", "kwargs"),
    [
        (TypeError, (1, 2, 3), {}),
        (TypeError, (1,), {}),
        (TypeError, (1, 2), {"c": 3}),
        (SyntaxError, (1, 2), {"a": 3}),
    ],
)
def test_arguments_that_do_not_map(error, args, kwargs):
    with pytest.raises(error):
        map_function_arguments(["A", "B"], {"a": "A", "b": "B"}, *args, **kwargs)


def test_decorators_of_the_native_library():
    assert typemap(len) is len
    assert map_if_possible(3) is None
