"""Cross entropy of yes or no."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.arithmetic import plus
from cntk.ops._elementwise.exponential import log

# keep logarithms finite; CNTK 2.7 has them as float32 numbers whatever the element type
_ABOVE_ZERO = float(np.float32(1e-6))
_ABOVE_ONE = float(np.float32(1 + 1e-6))


@composite(stored=Block("BinaryCrossEntropy"))
def binary_cross_entropy(output: Operand, target: Operand, name: str = "") -> Function:
    """Return ``-(target * log(output) + (1 - target) * log(1 - output))`` of each element.

    About 1e-6 is added to both arguments of the logarithm, so that the loss stays below 14.

    Args:
        output: any static shape; probabilities.
        target: the same static shape; 0 or 1, or probabilities.
        name: name of the result.

    Raises:
        ValueError: the shapes do not broadcast.

    >>> C.binary_cross_entropy([0.9, 0.2, 1], [1, 0, 0]).eval().round(4)
    array([ 0.1054,  0.2231, 13.8629], dtype=float32)
    """
    yes = target * log(plus(_ABOVE_ZERO, output))
    no = (1 - target) * log(_ABOVE_ONE - output)
    return -(yes + no)


@binary_cross_entropy.samples
def binary_cross_entropy_samples(make):
    probabilities = 1 / (1 + np.exp(-make(2, 3)))
    yield Sample(probabilities, make(2, 3))
    yield Sample(0 * probabilities, 1 + 0 * probabilities, kink=True)
