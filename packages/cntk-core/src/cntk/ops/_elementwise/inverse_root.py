"""One over the square root, as IEEE 754 has it, for gradients."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, Sample, operator


@operator(family="elementwise")
def inverse_root(x: Operand):
    """Return ``1 / sqrt(x)``: an infinity for 0, nan for negative elements."""


@inverse_root.reference
def inverse_root_reference(x):
    return np.reciprocal(np.sqrt(x))


@inverse_root.gradient
def inverse_root_gradient(dy, y):
    return dy * y * y * y * -0.5


@inverse_root.samples
def inverse_root_samples(make):
    yield Sample(0.5 + make(2, 3) ** 2)
