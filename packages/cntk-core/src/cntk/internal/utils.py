"""Inspection of Python functions and of operands' element types."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cntk.dtypes import as_dtype
from cntk.namespace import attribute_getter
from cntk.tensor import NDArrayView as NDArrayView

__getattr__ = attribute_getter(__name__)


def get_data_type(*args: object) -> type | None:
    """Return the element type that operands have together: float64 where one of them has.

    Args:
        args: variables, Functions, arrays, numbers. Python numbers and lists adapt to the others.

    Raises:
        ValueError: an array has a type that the graph does not compute in.

    >>> import cntk as C
    >>> get_data_type(C.input_variable(2, dtype=np.float64), 3).__name__
    'float64'
    """
    known = [dtype for dtype in map(_own_type, args) if dtype is not None]
    if known:
        return as_dtype(max(known, key=lambda dtype: dtype.itemsize)).type
    return np.float32 if any(isinstance(arg, (int, float, list)) for arg in args) else None


def _own_type(operand: object) -> np.dtype | None:
    dtype = getattr(operand, "dtype", None)
    return None if dtype is None else as_dtype(dtype)


def get_python_function_arguments(f: Callable) -> tuple[list[str], dict[str, Any]]:
    """Return the names of a function's parameters without default, and its annotations.

    >>> def scale(x: int, factor, offset=0): return x * factor + offset
    >>> get_python_function_arguments(scale)
    (['x', 'factor'], {'x': <class 'int'>})
    """
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(f).parameters.values()
    names = [p.name for p in parameters if p.kind in positional and p.default is p.empty]
    annotated = f if inspect.isroutine(f) else type(f).__call__
    return names, inspect.get_annotations(annotated, eval_str=True)


def map_function_arguments(
    params: Sequence[Any], params_dict: Mapping[str, Any], *args: Any, **kwargs: Any
) -> dict[Any, Any]:
    """Return which argument each parameter gets.

    Args:
        params: the parameters in order, such as the arguments of a Function.
        params_dict: name -> parameter.
        args: arguments by position.
        kwargs: arguments by name.

    Raises:
        TypeError: an argument has no parameter, or a parameter no argument.
        SyntaxError: a parameter gets two.

    >>> map_function_arguments(['A', 'B'], {'a': 'A', 'b': 'B'}, 1, b=2)
    {'A': 1, 'B': 2}
    """
    if len(args) > len(params):
        raise TypeError(f"expected {len(params)} arguments, got {len(args)}")
    given = dict(zip(params, args))
    for name, value in kwargs.items():
        if name not in params_dict:
            raise TypeError(f"got an unexpected keyword argument '{name}'")
        if params_dict[name] in given:
            raise SyntaxError(f"got multiple values for argument '{name}'")
        given[params_dict[name]] = value
    if missing := [str(parameter) for parameter in params if parameter not in given]:
        raise TypeError(f"missing arguments: {', '.join(missing)}")
    return given
