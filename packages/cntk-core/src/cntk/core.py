"""CNTK's path of the values: what holds numbers, and the functions that make it."""

from __future__ import annotations

from typing import Any

import numpy as np

from cntk.device import DeviceKind as DeviceKind
from cntk.device import cpu as cpu
from cntk.device import use_default_device as use_default_device
from cntk.graph.user_function import user_function as user_function
from cntk.namespace import attribute_getter
from cntk.tensor import NDArrayView as NDArrayView
from cntk.value import Value as Value
from cntk.variables import Variable

__getattr__ = attribute_getter(__name__)


def asarray(value: Any, dtype: Any = None) -> np.ndarray:
    """Return the numbers of a value, variable or list as one array.

    Args:
        value: a Value, NDArrayView, MinibatchData, Parameter or Constant, or what NumPy takes.
        dtype: element type of the result; None keeps the value's own.

    Raises:
        ValueError: ``value`` holds no numbers.

    >>> asarray(NDArrayView.from_dense(np.ones(2, np.float32)), np.float64)
    array([1., 1.])
    """
    array = value.asarray() if hasattr(value, "asarray") else np.asarray(value)
    if array.dtype.kind not in "fiub":
        kind = type(value).__name__
        raise ValueError(f"could not convert instance of type {kind} to an array of numbers")
    return array if dtype is None else array.astype(dtype)


def asvalue(variable: Variable, data_array: Any) -> Value:
    """Return data as a Value that fits a variable.

    Args:
        variable: input whose shape, element type and axes the data get.
        data_array: data as ``eval`` takes them.

    Raises:
        ValueError: the data do not fit the variable.

    >>> import cntk as C
    >>> asvalue(C.input_variable(2), np.ones((3, 2), np.float32)).shape
    (3, 2)
    """
    return Value.create(variable, data_array)
