"""What all reductions share as primitives: one op number, shapes and dynamic axes."""

from __future__ import annotations

from collections.abc import Callable

from cntk.operators.declare import Operator, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._reduction.axes import reduced, reduced_shape, remaining_axes, settled_axis


def reduction(operation: str, **options) -> Callable[[Callable], Operator]:
    """Declare a function of ``(x, axis, keepdims, name)`` as a reduction.

    Args:
        operation: name of the reduction in files, e.g. ``LogSum``.
        options: as of ``operator``.
    """
    stored = Primitive(
        39,
        "ReduceElements",
        fixed={"reductionOpName": (operation, "S")},
        attributes={
            "axis": (Attribute("axis", "Ax"), Attribute("axisVec", "Ax*")),
            "keepdims": Attribute("reductionKeepDimensions", "B", default=True),
        },
    )

    def declare(function: Callable) -> Operator:
        declared = operator(stored=stored, **{"family": "whole", **options})(function)
        declared.complete(_complete)
        declared.shape(reduced_shape)
        declared.axes(remaining_axes)
        declared.by_row(_by_row)
        return declared

    return declare


def _by_row(x, axis):
    return not reduced(axis, len(x.shape)).rows


def _complete(x, axis):
    return {"axis": settled_axis(x, axis)}
