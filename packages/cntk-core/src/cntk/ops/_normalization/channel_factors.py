"""Batch normalization in two parts: numbers of each channel, and elementwise products with them.

Plans compute it this way where elementwise steps run as chains: normalization, activation and
residual sums are then one pass over memory.
"""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator
from cntk.ops._normalization.batch_normalization import forget_factor, moved


@operator(
    family="whole",
    outputs=(
        "factor", "shift", "mean", "inv_std", "new_mean", "new_variance", "new_count",
    ),
)  # fmt: skip
def batch_factors(
    x: Operand, scale: Operand, bias: Operand, running_mean: Operand, running_variance: Operand,
    running_count: Operand, spatial: bool, normalization_time_constant: float, epsilon: float,
):  # fmt: skip
    """Return ``factor`` and ``shift`` of each channel: ``x * factor + shift`` is normalised.

    Also the statistics of the minibatch, and the running statistics moved towards them.
    """


@batch_factors.shape
def batch_factors_shape(scale, running_mean, running_variance, running_count):
    shapes = [scale.shape] * 4
    return [*shapes, running_mean.shape, running_variance.shape, running_count.shape]


@batch_factors.axes
def batch_factors_axes():
    return [()] * 7


@batch_factors.reference
def batch_factors_reference(
    x, scale, bias, running_mean, running_variance, running_count, spatial,
    normalization_time_constant, epsilon, has_rows,
):  # fmt: skip
    values, rows = _channels(x, spatial, has_rows[0])
    count = values.shape[0] * values.shape[2]
    mean = values.mean(axis=(0, 2))
    centred = values - mean[:, None]
    variance = np.einsum("nci,nci->c", centred, centred) / count
    inv_std = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    factor = inv_std * scale.reshape(-1)
    shift = bias.reshape(-1) - mean * factor
    share = forget_factor(normalization_time_constant, rows, float(running_count.reshape(-1)[0]))
    with np.errstate(all="ignore"):  # one element has no unbiased variance: nan, as in CNTK 2.7
        unbiased = variance * count / np.asarray(count - 1, variance.dtype)
    vectors = (factor, shift, mean, inv_std)
    return (
        *(vector.astype(x.dtype).reshape(scale.shape) for vector in vectors),
        moved(running_mean, mean, share),
        moved(running_variance, unbiased, share),
        running_count + running_count.dtype.type(rows),
    )


def _channels(x: np.ndarray, spatial: bool, has_rows: bool) -> tuple[np.ndarray, int]:
    """Return an operand as ``[rows, channels, size]``, and how many samples it has."""
    values = x if has_rows else x[None]
    rows = len(values)
    shape = (rows, values.shape[1], -1) if spatial else (rows, -1, 1)
    return values.reshape(shape), rows


@operator(
    family="whole", outputs=("from_dy", "from_x", "shift", "dscale", "dbias"),
)  # fmt: skip
def gradient_factors(
    dy: Operand, x: Operand, scale: Operand, mean: Operand, inv_std: Operand, spatial: bool
):
    """Return factors of each channel: ``dy * from_dy + x * from_x + shift`` is the gradient to x.

    Also the gradients to scale and bias.
    """


@gradient_factors.shape
def gradient_factors_shape(scale):
    return [scale.shape] * 5


@gradient_factors.axes
def gradient_factors_axes():
    return [()] * 5


@gradient_factors.reference
def gradient_factors_reference(dy, x, scale, mean, inv_std, spatial, has_rows):
    g, _ = _channels(dy, spatial, has_rows[0])
    values, _ = _channels(x, spatial, has_rows[1])
    count = values.shape[0] * values.shape[2]
    centre, inverse, weight = (a.reshape(-1) for a in (mean, inv_std, scale))
    total = g.sum(axis=(0, 2))
    product = (np.einsum("nci,nci->c", g, values) - centre * total) * inverse
    from_dy = weight * inverse
    from_x = -from_dy * inverse * product / count
    shift = -from_dy * total / count - from_x * centre
    vectors = (from_dy, from_x, shift, product, total)
    return tuple(vector.astype(x.dtype).reshape(scale.shape) for vector in vectors)
