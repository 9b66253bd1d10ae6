"""Checks and conversions of arguments, under the names of CNTK 2.7.

Those that turned arguments into the native library's column-major order have no meaning here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cntk.axis import Axis as Axis
from cntk.dtypes import as_dtype
from cntk.graph.build import as_function, as_variable
from cntk.graph.function import Function
from cntk.namespace import attribute_getter
from cntk.shape import as_shape
from cntk.variables import Variable

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

Number = int | float

__getattr__ = attribute_getter(__name__)


def is_string(s: object) -> bool:
    """Return whether an object is a text."""
    return isinstance(s, str)


def is_byte_buffer(s: object) -> bool:
    """Return whether an object holds bytes."""
    return isinstance(s, (bytes, bytearray))


def sanitize_shape(shape: int | Iterable[int]) -> tuple[int, ...]:
    """Return a shape as a tuple: ``3`` means ``(3,)``.

    Raises:
        TypeError: it is neither a number nor a sequence of numbers.
        ValueError: a size is 0 or negative without a meaning.
    """
    return as_shape(shape)


def sanitize_permutation(perm: Sequence[int]) -> list[int]:
    """Return a permutation of axes without negative numbers.

    Raises:
        ValueError: an axis is out of range or comes twice.

    >>> sanitize_permutation((-1, 0))
    [1, 0]
    """
    rank = len(perm)
    if not all(-rank <= axis < rank for axis in perm):
        raise ValueError(f"permutation {tuple(perm)}: elements must be from {-rank} to {rank - 1}")
    result = [axis % rank for axis in perm]
    if len(set(result)) != rank:
        raise ValueError(f"duplicate item in permutation {tuple(perm)}")
    return result


def sanitize_dtype_numpy(dtype: DTypeLike | None) -> type[np.generic]:
    """Return the NumPy class of an element type: ``np.float32`` for ``'float'``.

    Raises:
        ValueError: the graph does not compute in this type.
    """
    return sanitize_precision(np.float64 if dtype is float else dtype)


def sanitize_precision(precision: DTypeLike | None) -> type[np.generic]:
    """Return the NumPy class of an element type.

    Raises:
        ValueError: the graph does not compute in this type.
    """
    if precision is None:
        raise ValueError("data type None is not supported")
    return as_dtype(precision).type


def sanitize_input(
    arg: Any, fallback_dtype: DTypeLike = np.float32, reshape: tuple[int, ...] | None = None
) -> Variable | Function:
    """Return a variable or Function as it is, and anything else as a Constant.

    Args:
        arg: variable, Function, number, list or array.
        fallback_dtype: element type of the Constant.
        reshape: shape of the Constant; None keeps that of ``arg``.

    Raises:
        ValueError: ``arg`` cannot become an array of numbers.
    """
    if isinstance(arg, (Variable, Function)):
        return arg
    if reshape is not None:
        arg = np.reshape(np.asarray(arg, as_dtype(fallback_dtype)), reshape)
    return as_variable(arg, as_dtype(fallback_dtype))


def sanitize_variable_or_function(arg: object) -> Variable | Function:
    """Return the argument, where it is a variable or a Function with one output.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(arg, Variable) or (isinstance(arg, Function) and len(arg.outputs) == 1):
        return arg
    raise TypeError(
        f"expected an instance of Variable or single-output Function, but got '{type(arg)}' instead"
    )


def sanitize_variables_or_functions(arg: Any) -> list[Variable | Function]:
    """Return one variable or Function, or several, as a list.

    Raises:
        TypeError: one is neither a variable nor a Function with one output.
    """
    several = arg if isinstance(arg, (list, tuple, set, frozenset, dict)) else [arg]
    return [sanitize_variable_or_function(one) for one in several]


def sanitize_function(arg: object) -> Function:
    """Return a Function as it is, and a variable as the Function that gives it.

    Raises:
        TypeError: it is neither.
    """
    if not isinstance(arg, (Variable, Function)):
        raise TypeError(f"Object of type {type(arg)} cannot be cast to Variable")
    return as_function(arg)


def sanitize_range(x: Number | tuple[Number, Number]) -> tuple[Number, Number]:
    """Return (lowest, highest): one number stands for both.

    Raises:
        ValueError: it is neither a number nor a tuple of two.
    """
    if isinstance(x, (int, float)):
        return x, x
    if isinstance(x, tuple) and len(x) == 2:
        return x
    raise ValueError(f"Input argument must be a number or a tuple of two numbers, not {x!r}")


def sanitize_2d_number(x: Number | tuple[Number, Number]) -> tuple[Number, Number]:
    """Return (width, height): one number stands for both.

    Raises:
        ValueError: it is neither a number nor a tuple of two.
    """
    return sanitize_range(x)


def sanitize_Function_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return a Function's attributes; their values are Python objects already."""
    return attributes
