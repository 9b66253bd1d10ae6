"""Batch normalization."""

from __future__ import annotations

import math
import warnings

import numpy as np

from cntk.autodiff import gradients
from cntk.dtypes import FLOAT16, FLOAT32, dtype_code, widened
from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.graph.infer import common_dtype, deduce
from cntk.operators.declare import Like, Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.operators.structure import set_shape, sum_to
from cntk.ops._elementwise.cast import cast
from cntk.ops._elementwise.power import sqrt
from cntk.shape import shape_text


@operator(
    family="per_sample",
    stored=Primitive(
        40,
        "BatchNormalization",
        attributes={
            "spatial": Attribute("spatial", "B"),
            "normalization_time_constant": Attribute("normalizationTimeConstant", "D"),
            "blend_time_constant": Attribute("blendTimeConstant", "D"),
            "epsilon": Attribute("epsilon", "D"),
            "use_cudnn_engine": Attribute("useCuDNNEngine", "B"),
            "disable_regularization": Attribute("disableRegularization", "B", False),
        },
    ),
    no_gradient=("running_mean", "running_inv_std", "running_count"),
    saves={
        "mean": Like("scale"),
        "inv_std": Like("scale"),
        "new_mean": Like("running_mean"),
        "new_variance": Like("running_inv_std"),
        "new_count": Like("running_count"),
    },
    updates={
        "running_mean": "new_mean",
        "running_inv_std": "new_variance",
        "running_count": "new_count",
    },
)
def batch_normalization(
    operand: Operand,
    scale: Operand,
    bias: Operand,
    running_mean: Operand,
    running_inv_std: Operand,
    spatial: bool,
    normalization_time_constant: float = 5000,
    blend_time_constant: float = 0,
    epsilon: float = 0.00001,
    use_cudnn_engine: bool = False,
    disable_regularization: bool = False,
    name: str = "",
    running_count: Operand | None = None,
) -> Function:
    """Return the operand normalised to the mean and variance of the minibatch, scaled and shifted.

    In training the statistics are those of the minibatch (the variance is the biased one), and the
    running statistics move towards them; in evaluation the running statistics are used.

    Args:
        operand: static shape ``(C, ...)`` if ``spatial``, else any.
        scale: ``(C,)`` if ``spatial``, else one number per element; float32 with a float16 operand
            as well, then all others are float32 too, and the result is float16.
        bias: as ``scale``.
        running_mean: constant or parameter of the shape of ``scale``; training changes it.
        running_inv_std: running variance (the name is CNTK's), likewise.
        spatial: one statistic per channel (first static axis), over samples and positions.
        normalization_time_constant: samples in which running statistics adapt; 0: at once,
            ``inf``: never, negative: the mean over all samples so far.
        blend_time_constant: kept for CNTK's files; without effect.
        epsilon: added to the variance.
        use_cudnn_engine: kept for CNTK's files; without effect.
        disable_regularization: kept for CNTK's files; without effect.
        name: name of the result.
        running_count: scalar constant that counts samples; default: a new one.

    Raises:
        ValueError: a shape does not fit, or a running operand is not a constant or parameter.

    Reference:
        Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", ICML 2015, arXiv:1502.03167.

    >>> x = C.input_variable(1)
    >>> stats = C.constant([1]), C.constant([4])
    >>> C.batch_normalization(x, C.constant([1]), C.constant([0]), *stats, False,
    ...                       running_count=C.constant(0)).eval([[5.0]]).round(3)
    array([[2.]], dtype=float32)
    """


@batch_normalization.prepare
def batch_normalization_arguments(
    operand, scale, bias, running_mean, running_inv_std, running_count, spatial,
    normalization_time_constant, blend_time_constant, epsilon, use_cudnn_engine,
    disable_regularization,
):  # fmt: skip
    if running_count is None:
        warnings.warn(
            "batch_normalization requires an additional parameter 'running_count', a constant(0)",
            stacklevel=4,
        )
        from cntk.variables import Constant

        dtype = getattr(scale, "dtype", None) or np.float32
        running_count = Constant(0, dtype=dtype)
    for word, running in (("running_mean", running_mean), ("running_inv_std", running_inv_std),
                          ("running_count", running_count)):  # fmt: skip
        if not hasattr(running, "cell") and not hasattr(running, "emit"):
            raise ArgumentError(
                f"BatchNormalization: {word} must be a constant or parameter, "
                "since training changes it"
            )
    attributes = {
        "spatial": bool(spatial),
        "normalization_time_constant": float(normalization_time_constant),
        "blend_time_constant": float(blend_time_constant),
        "epsilon": float(epsilon),
        "use_cudnn_engine": bool(use_cudnn_engine),
        "disable_regularization": bool(disable_regularization),
    }
    operands = [operand, scale, bias, running_mean, running_inv_std, running_count]
    return operands, attributes


@batch_normalization.shape
def batch_normalization_shape(
    operand, scale, bias, running_mean, running_inv_std, running_count, spatial
):
    shape = operand.shape
    if spatial and not shape:
        raise ShapeError("BatchNormalization: a spatial operand needs a channel axis")
    expected = (
        (shape[0],) if spatial else (math.prod(shape),) if min(shape, default=1) > 0 else (-1,)
    )
    for part in (scale, bias, running_mean, running_inv_std):
        if not spatial and part.shape == shape:
            continue
        deduce(part, expected)
        fits = len(part.shape) == 1 and (
            part.shape[0] == expected[0] or min(expected[0], part.shape[0]) < 0
        )
        if not fits and not (spatial and math.prod(part.shape) == expected[0]):
            raise ShapeError(
                f"BatchNormalization: scale, bias and statistics need the shape "
                f"'{shape_text(expected)}' for an operand of shape '{shape_text(shape)}' with "
                f"spatial={spatial}; {part} has not"
            )
    return shape


@batch_normalization.dtype
def batch_normalization_dtype(operand, scale, bias, running_mean, running_inv_std, running_count):
    parts = [scale, bias, running_mean, running_inv_std, running_count]
    if operand._dtype == FLOAT16 and common_dtype("BatchNormalization", parts) == FLOAT32:
        return FLOAT16
    return common_dtype("BatchNormalization", [operand, *parts])


@batch_normalization.inference
def batch_normalization_inference(
    operand, scale, bias, running_mean, running_inv_std, spatial, epsilon
):
    if operand._dtype != scale._dtype:
        wide = cast(operand, dtype_code(scale._dtype))
        parts = (scale, bias, running_mean, running_inv_std)
        y = batch_normalization_inference(wide, *parts, spatial, epsilon)
        return cast(y, dtype_code(operand._dtype))
    factor = scale / sqrt(running_inv_std + epsilon)
    shift = bias - running_mean * factor  # small arrays: two passes over the operand are enough
    shape = statistics_shape(operand.shape, spatial)
    return operand * set_shape(factor, shape) + set_shape(shift, shape)


def statistics_shape(shape: tuple[int, ...], spatial: bool) -> tuple[int, ...]:
    """Return the static shape in which statistics broadcast with the operand."""
    return (shape[0], *(1,) * (len(shape) - 1)) if spatial else tuple(shape)


def forget_factor(time_constant: float, num_samples: int, count: float) -> float:
    """Return the weight of the minibatch in the running statistics.

    Args:
        time_constant: samples in which they adapt.
        num_samples: samples in the minibatch.
        count: samples seen before.
    """
    if count == 0 or time_constant == 0:
        return 1.0
    if time_constant < 0:
        return num_samples / (num_samples + count)
    return 0.0 if math.isinf(time_constant) else -math.expm1(-num_samples / time_constant)


def moved(running, statistic, factor: float):
    """Return running statistics moved towards those of a minibatch."""
    if factor == 1.0:
        return statistic.astype(running.dtype).reshape(running.shape)
    return ((1 - factor) * running + factor * statistic.reshape(running.shape)).astype(
        running.dtype
    )


@batch_normalization.reference
def batch_normalization_reference(
    operand, scale, bias, running_mean, running_inv_std, running_count, spatial,
    normalization_time_constant, epsilon,
):  # fmt: skip
    rows, wide = len(operand), widened(operand)
    x = wide.reshape(rows, wide.shape[1], -1) if spatial else wide.reshape(rows, -1, 1)
    count = rows * x.shape[2]
    mean = x.mean(axis=(0, 2))
    centred = x - mean[:, None]
    variance = np.einsum("nci,nci->c", centred, centred) / count
    inv_std = 1 / np.sqrt(variance + epsilon)
    y = centred * (inv_std * scale.reshape(-1))[:, None] + bias.reshape(-1)[:, None]
    seen = float(running_count.reshape(-1)[0])
    factor = forget_factor(normalization_time_constant, rows, seen)
    with np.errstate(all="ignore"):  # one element has no unbiased variance: nan, as in CNTK 2.7
        unbiased = variance * count / np.asarray(count - 1, variance.dtype)
    return (
        y.astype(operand.dtype).reshape(operand.shape),
        mean.astype(operand.dtype).reshape(scale.shape),
        inv_std.astype(operand.dtype).reshape(scale.shape),
        moved(running_mean, mean, factor),
        moved(running_inv_std, unbiased, factor),
        running_count + running_count.dtype.type(rows),
    )


@batch_normalization.gradient
def batch_normalization_gradient(dy, operand, scale, mean, inv_std, spatial):
    dx, dscale, dbias = normalization_gradient(dy, operand, scale, mean, inv_std, spatial)
    return dx, dscale, dbias, None, None, None


@batch_normalization.samples
def batch_normalization_samples(make):
    statistics = ("batch", "parameter", "parameter", "constant", "constant", "constant")
    for spatial, shape in ((True, (2, 3, 2)), (False, (4,))):
        size = shape[0]
        yield Sample(
            make(*shape), make(size), make(size), make(size), np.ones(size), np.zeros(()),
            axes=statistics, spatial=spatial,
        )  # fmt: skip


@operator(family="whole", outputs=("dx", "dscale", "dbias"), no_gradient=("mean", "inv_std"))
def normalization_gradient(
    dy: Operand, x: Operand, scale: Operand, mean: Operand, inv_std: Operand, spatial: bool
):
    """Gradients of batch normalization to its operand, scale and bias."""


@normalization_gradient.shape
def normalization_gradient_shape(x, scale):
    return [x.shape, scale.shape, scale.shape]


@normalization_gradient.axes
def normalization_gradient_axes(x):
    return [x.dynamic_axes, (), ()]


@normalization_gradient.reference
def normalization_gradient_reference(dy, x, scale, mean, inv_std, spatial):
    rows = len(x)
    shape = (rows, x.shape[1], -1) if spatial else (rows, -1, 1)
    g, flat = widened(dy).reshape(shape), widened(x).reshape(shape)
    count = rows * flat.shape[2]
    mean, inv_std, weight = (a.reshape(-1, 1) for a in (mean, inv_std, scale))
    normal = (flat - mean) * inv_std
    dbias = g.sum(axis=(0, 2))
    dscale = np.einsum("nci,nci->c", g, normal)
    dx = weight * inv_std * (g - (dbias[:, None] + normal * dscale[:, None]) / count)
    return (
        dx.astype(x.dtype).reshape(x.shape),
        dscale.astype(x.dtype).reshape(scale.shape),
        dbias.astype(x.dtype).reshape(scale.shape),
    )


@normalization_gradient.gradient
def normalization_second_gradient(
    ddx, ddscale, ddbias, dy, x, scale, mean, inv_std, spatial, wanted
):
    """Differentiate the formula of the gradient, with the statistics as functions of ``x``."""
    shape = statistics_shape(x.shape, spatial)
    like = set_shape(scale, shape)
    count = sum_to(x * 0 + 1, like)

    def mean_of(value):
        return sum_to(value, like) / count

    centred = x - mean_of(x)
    # epsilon is what the saved inverse deviation has beyond the variance of x; it is constant here
    variance = mean_of(centred * centred)
    saved = set_shape(inv_std, shape)
    epsilon = _constant(1 / (saved * saved)) - _constant(variance)
    inverse = 1 / sqrt(variance + epsilon)
    normal = centred * inverse
    dbias = sum_to(dy, like)
    dscale = sum_to(dy * normal, like)
    dx = like * inverse * (dy - (dbias + normal * dscale) / count)
    roots = [(dx, ddx), (set_shape(dscale, scale.shape), ddscale),
             (set_shape(dbias, scale.shape), ddbias)]  # fmt: skip
    found = gradients(x.graph, roots, [dy, x, scale])
    return (*found, None, None)


def _constant(symbol):
    from cntk.ops import stop_gradient

    return stop_gradient(symbol)
