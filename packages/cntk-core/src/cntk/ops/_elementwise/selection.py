"""Choosing between operands, element by element."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.comparison import equal


@operator(family="elementwise", no_gradient=("flag",), stored=Primitive(42, "Select"))
def element_select(
    flag: Operand, value_if_true: Operand, value_if_false: Operand, name: str = ""
) -> Function:
    """Return one of two values for each element: the first where ``flag`` is not 0.

    Only the chosen value receives a gradient.

    Args:
        flag: any static shape.
        value_if_true: a static shape that broadcasts with the others.
        value_if_false: a static shape that broadcasts with the others.
        name: name of the result.

    >>> C.element_select([-10, 0, 0.3], [1, 10, 100], [2, 20, 200]).eval()
    array([  1.,  20., 100.], dtype=float32)
    """


@element_select.reference
def element_select_reference(flag, value_if_true, value_if_false):
    # by bits: no branch per element, as np.where has, and no product that makes 0 * inf a nan
    bits = f"u{value_if_true.dtype.itemsize}"
    chosen = np.negative((flag != 0).astype(bits))
    no = value_if_false.view(bits)
    return (no ^ ((value_if_true.view(bits) ^ no) & chosen)).view(value_if_true.dtype)


@element_select.gradient
def element_select_gradient(dy, flag, wanted):
    return (
        None,
        element_select(flag, dy, 0) if "value_if_true" in wanted else None,
        element_select(flag, 0, dy) if "value_if_false" in wanted else None,
    )


@element_select.samples
def element_select_samples(make):
    yield Sample(make(2, 3), make(2, 3), make(2, 3))
    yield Sample(make(2, 3), make(3), make(2, 1), axes=("batch", "parameter", "parameter"))


@operator(
    family="elementwise", no_gradient=("min_value", "max_value"), stored=Primitive(41, "Clip")
)
def clip(x: Operand, min_value: Operand, max_value: Operand, name: str = "") -> Function:
    """Return each element, kept between two bounds.

    Elements at a bound still receive the gradient, those outside do not; nor do the bounds.

    Args:
        x: any static shape.
        min_value: lower bound, of a static shape that broadcasts with that of ``x``.
        max_value: upper bound, of a static shape that broadcasts with that of ``x``.
        name: name of the result.

    >>> C.clip([1, 2.1, 3, 4.1], 2, 4).eval()
    array([2. , 2.1, 3. , 4. ], dtype=float32)
    """


@clip.prepare
def clip_prepare(x, min_value, max_value):
    bounds = [_rounded(bound) for bound in (min_value, max_value)]
    return [x, *bounds], {}


def _rounded(bound):
    """Return a bound given as numbers in float32, which CNTK 2.7 rounds it to in any graph."""
    return np.asarray(bound, np.float32) if isinstance(bound, (int, float, list)) else bound


@clip.reference
def clip_reference(x, min_value, max_value):
    below_upper = np.minimum(x, max_value)
    clipped = np.maximum(below_upper, min_value)
    crossed = min_value > max_value
    if crossed.any():
        return np.where(crossed, np.where(x < min_value, min_value, below_upper), clipped)
    return clipped


@clip.gradient
def clip_gradient(dy, x, y):
    return dy * equal(x, y), None, None


@clip.samples
def clip_samples(make):
    yield Sample(make(2, 3), -0.5 + 0 * make(1), 0.7 + 0 * make(1), axes=("batch", "none", "none"))
