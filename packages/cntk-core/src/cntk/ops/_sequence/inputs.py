"""Inputs that are sequences."""

from __future__ import annotations

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS, Axis
from cntk.default_options import default_override_or, get_default_override
from cntk.deprecation import warn_deprecated
from cntk.dtypes import FLOAT32
from cntk.ops._graph import leaves
from cntk.variables import Variable


def input_variable(
    shape,
    dtype=default_override_or(FLOAT32),
    needs_gradient: bool = False,
    is_sparse: bool = False,
    sequence_axis: Axis = SEQUENCE_AXIS,
    name: str = "",
) -> Variable:
    """Return an input of a network whose data are sequences.

    Args:
        shape: static shape of one frame; an int ``n`` means ``(n,)``.
        dtype: element type; default float32.
        needs_gradient: whether gradients with respect to it can be asked for.
        is_sparse: whether its data are sparse (CSR, one-hot).
        sequence_axis: its sequence axis. Inputs with the same one have equal lengths in each
            minibatch.
        name: name of the input.

    Raises:
        ValueError: a size is 0 or below -3.

    >>> C.sequence.input_variable(3, name='s')
    Input('s', [#, *], [3])
    """
    dtype = get_default_override(input_variable, dtype=dtype)
    axes = [BATCH_AXIS, sequence_axis]
    return leaves.input_variable(shape, dtype, needs_gradient, is_sparse, axes, name)


def input(
    shape,
    dtype=default_override_or(FLOAT32),
    needs_gradient: bool = False,
    is_sparse: bool = False,
    sequence_axis: Axis = SEQUENCE_AXIS,
    name: str = "",
) -> Variable:
    """Return an input whose data are sequences; the older spelling of :func:`input_variable`."""
    warn_deprecated("sequence.input()", "sequence.input_variable()")
    return input_variable(shape, dtype, needs_gradient, is_sparse, sequence_axis, name)
