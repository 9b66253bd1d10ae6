"""How variables print."""

from __future__ import annotations

from cntk.axis import SEQUENCE_AXIS, UNKNOWN_AXES, Axis
from cntk.shape import shape_text


def variable_text(variable) -> str:
    """Return e.g. ``Input('x', [#], [2 x 3])``."""
    label = variable.name or variable.uid
    axes, shape = axes_text(variable.dynamic_axes), shape_text(variable.shape)
    return f"{variable.kind.name}('{label}', {axes}, {shape})"


def axes_text(axes: tuple[Axis, ...]) -> str:
    """Return ``[#, *]``, as CNTK prints dynamic axes."""
    if axes == UNKNOWN_AXES:
        return "[???]"
    signs = ("#" if a.is_batch_axis else "*" if a == SEQUENCE_AXIS else a.name for a in axes)
    return "[" + ", ".join(signs) + "]"
