"""Loss of precision and recall."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand
from cntk.ops import element_divide, element_times, minus, reduce_sum


def fmeasure(output: Operand, target: Operand, beta: float = 1) -> Function:
    """Return 1 minus the F-measure of a sample's elements: static shape ``()``.

    A sample of rank 3 is an image ``(C, H, W)``: each channel has an F-measure, static shape
    ``(C, 1, 1)``.

    With precision ``P`` and recall ``R`` the F-measure is
    ``(1 + beta ** 2) * P * R / (beta ** 2 * P + R)``; sums of the probabilities stand for counts.

    Args:
        output: any static shape; probabilities from 0 to 1.
        target: the same static shape; 0 or 1.
        beta: how many times as much recall counts as precision.

    Raises:
        ValueError: the shapes do not broadcast.

    Reference: Pastor-Pellicer et al., "F-measure as the error function to train neural networks",
    IWANN 2013.

    >>> round(float(C.fmeasure([0.2, 1, 0.5], [1, 0, 1]).eval()), 4)
    0.6216
    """
    shape = output.shape if hasattr(output, "shape") else np.shape(output)
    axis = (1, 2) if len(shape) == 3 else None
    correct = reduce_sum(element_times(output, target), axis)
    precision = element_divide(correct, reduce_sum(output, axis))
    recall = element_divide(correct, reduce_sum(target, axis))
    weight = float(beta) ** 2
    return minus(1, element_divide((1 + weight) * precision * recall, weight * precision + recall))
