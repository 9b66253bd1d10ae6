"""Leaves of the graph: inputs, parameters, constants, placeholders."""

from __future__ import annotations

import numpy as np

from cntk.axis import BATCH_AXIS, Axis
from cntk.default_options import default_override_or, get_default_override
from cntk.deprecation import warn_deprecated
from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError, AxisError, DTypeError
from cntk.shape import as_shape
from cntk.tensor import NDArrayView
from cntk.variables import Constant, Parameter, Variable, VariableKind, placeholder_variable


def input_variable(
    shape,
    dtype=default_override_or(FLOAT32),
    needs_gradient: bool = False,
    is_sparse: bool = False,
    dynamic_axes=(BATCH_AXIS,),
    name: str = "",
) -> Variable:
    """Return an input of a network: data are fed to it.

    Args:
        shape: static shape of one sample; an int ``n`` means ``(n,)``. ``C.FreeDimension`` marks a
            size that may differ from minibatch to minibatch.
        dtype: element type; default float32.
        needs_gradient: whether gradients with respect to it can be asked for.
        is_sparse: whether its data are sparse (CSR, one-hot).
        dynamic_axes: dynamic axes, batch first; ``[]`` for none.
        name: name of the input.

    Raises:
        ValueError: a size is 0 or below -3.

    >>> C.input_variable((2, 3), name='x')
    Input('x', [#], [2 x 3])
    """
    dtype = get_default_override(input_variable, dtype=dtype)
    return Variable(
        as_shape(shape), as_dtype(dtype), needs_gradient, is_sparse, _dynamic(dynamic_axes), name
    )


def input(
    shape,
    dtype=default_override_or(FLOAT32),
    needs_gradient: bool = False,
    is_sparse: bool = False,
    dynamic_axes=(BATCH_AXIS,),
    name: str = "",
) -> Variable:
    """Return an input of a network; the older spelling of :func:`input_variable`."""
    warn_deprecated("input()", "input_variable()")
    return input_variable(shape, dtype, needs_gradient, is_sparse, dynamic_axes, name)


def output_variable(
    shape, dtype, dynamic_axes, needs_gradient: bool = True, name: str = ""
) -> Variable:
    """Return a variable that describes an output of a user function.

    Args:
        shape: static shape.
        dtype: element type.
        dynamic_axes: dynamic axes, batch first.
        needs_gradient: whether gradients flow through it.
        name: name of the output.

    >>> C.output_variable((2,), np.float32, [C.Axis.default_batch_axis()]).shape
    (2,)
    """
    return Variable(
        as_shape(shape),
        as_dtype(dtype),
        needs_gradient,
        False,
        _dynamic(dynamic_axes),
        name,
        VariableKind.Output,
    )


def placeholder(shape=None, dynamic_axes=None, name: str = "") -> Variable:
    """Return a variable that stands for something to come.

    Args:
        shape: static shape if known.
        dynamic_axes: dynamic axes if known.
        name: name of the placeholder.

    >>> C.placeholder(name='p')
    Placeholder('p', [???], [???])
    """
    axes = None if dynamic_axes is None else _dynamic(dynamic_axes)
    return placeholder_variable(shape, axes, name)


def parameter(shape=None, init=None, dtype=None, device=None, name: str = "") -> Parameter:
    """Return a parameter: a variable that learners change.

    Args:
        shape: static shape; -1 for sizes to be deduced at first use. Default: that of ``init``.
        init: number, array or initializer; default zeros.
        dtype: element type; default: that of ``init`` if it is a float array, else float32.
        device: where to keep it.
        name: name of the parameter.

    >>> C.parameter((2, 3), init=1).value.sum()
    np.float32(6.0)
    """
    return Parameter(shape, init, _dtype_of(init, dtype), device, name)


def constant(value=None, shape=None, dtype=None, device=None, name: str = "") -> Constant:
    """Return a constant.

    Args:
        value: number or array.
        shape: static shape that a number fills.
        dtype: element type; default: that of ``value`` if it is a float array, else float32.
        device: where to keep it.
        name: name of the constant.

    Raises:
        ValueError: there is neither a value nor a shape.

    >>> C.constant([[1, 2], [3, 4]]).shape
    (2, 2)
    """
    if value is None and shape is None:
        raise ArgumentError("constant: you need to specify at least shape or value")
    if hasattr(value, "outputs"):
        return Constant(value.eval(), shape, _dtype_of(None, dtype), device, name)
    return Constant(value, shape, _dtype_of(value, dtype), device, name)


def _dtype_of(value, dtype) -> np.dtype:
    if dtype is not None:
        return as_dtype(dtype)
    if isinstance(value, NDArrayView):
        return as_dtype(value.dtype)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            return as_dtype(value.dtype)
        if value.dtype.kind not in "iub":
            raise DTypeError(f"an array of type {value.dtype} cannot be a value of the graph")
    return FLOAT32


def _dynamic(axes) -> tuple[Axis, ...]:
    """Return dynamic axes as a tuple, batch first."""
    if axes is None:
        raise ArgumentError("dynamic_axes is None; give a list of C.Axis objects, [] for none")
    found = (axes,) if isinstance(axes, Axis) else tuple(axes)
    for axis in found:
        if not isinstance(axis, Axis):
            raise ArgumentError(f"dynamic_axes holds {axis!r}; give C.Axis objects")
        if not (axis.is_dynamic_axis() or axis.name == "UnknownAxes"):
            raise AxisError(f"dynamic_axes holds {axis!r}; give C.Axis objects of dynamic axes")
    if len(set(found)) != len(found):
        raise AxisError(f"dynamic_axes {found} names an axis twice")
    return tuple(sorted(found, key=lambda axis: not axis.is_batch_axis))
