"""Cross entropy of yes or no, with a weight for each sample."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive
from cntk.ops._elementwise.exponential import log_reference
from cntk.ops._elementwise.extrema import element_max
from cntk.ops._loss.one_per_sample import one_per_sample

_LEAST = 1e-30  # the slope is computed as if no probability were smaller


@operator(
    family="whole",
    stored=Primitive(48, "Logistic"),
    no_gradient=("target", "weight"),
    gradient_of="surrogate",
)
def weighted_binary_cross_entropy(
    output: Operand, target: Operand, weight: Operand, name: str = ""
) -> Function:
    """Return the weighted cross entropy of a whole minibatch: no dynamic axes, static shape ``()``.

    The value is the weighted mean over the samples times their number. The gradient is that of the
    plain weighted sum, ``sum(weight * loss)``: what CNTK 2.7 trains with.

    Args:
        output: one number per sample, the probability of 1.
        target: one number per sample, 0 or 1, or a probability.
        weight: one number per sample.
        name: name of the result.

    Raises:
        ValueError: there is more than one number per sample.

    >>> output, target, weight = (C.input_variable(1) for _ in range(3))
    >>> loss = C.weighted_binary_cross_entropy(output, target, weight)
    >>> data = {output: [[0.8], [0.9]], target: [[1], [1]], weight: [[2], [3]]}
    >>> round(float(loss.eval({k: np.array(v, np.float32) for k, v in data.items()})), 4)
    0.3049
    """


@weighted_binary_cross_entropy.shape
def weighted_binary_cross_entropy_shape():
    return ()


@weighted_binary_cross_entropy.axes
def weighted_binary_cross_entropy_axes():
    return ()


@weighted_binary_cross_entropy.reference
def weighted_binary_cross_entropy_reference(output, target, weight, layouts):
    p, t, w = (
        one_per_sample(array, layout, "Logistic")
        for array, layout in zip((output, target, weight), layouts)
    )
    loss = -log_reference(p * t + (1 - p) * (1 - t))
    w = np.broadcast_to(w, loss.shape)
    return np.asarray(np.dot(w, loss) * len(loss) / w.sum(), output.dtype)


@weighted_binary_cross_entropy.gradient
def weighted_binary_cross_entropy_gradient(dy, output, target, weight):
    likelihood = output * target + (1 - output) * (1 - target)
    return dy * weight * (1 - 2 * target) / element_max(likelihood, _LEAST), None, None


@weighted_binary_cross_entropy.samples
def weighted_binary_cross_entropy_samples(make):
    probability = 1 / (1 + np.exp(-make(1)))
    yield Sample(probability, 1.0 * (make(1) > 0), 1 + make(1) ** 2)
