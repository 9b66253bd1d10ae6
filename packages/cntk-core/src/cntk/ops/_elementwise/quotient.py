"""Division as IEEE 754 has it, for gradients; ``element_divide`` makes x / 0 zero."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, Sample, operator


@operator(family="elementwise")
def quotient(left: Operand, right: Operand):
    """Return ``left / right``; dividing by zero gives an infinity or nan."""


@quotient.reference
def quotient_reference(left, right):
    return np.divide(left, right)


@quotient.gradient
def quotient_gradient(dy, y, right, wanted):
    step = quotient(dy, right)
    return step, -step * y if "right" in wanted else None


@quotient.samples
def quotient_samples(make):
    yield Sample(make(2, 3), 2 + make(2, 3) ** 2)
