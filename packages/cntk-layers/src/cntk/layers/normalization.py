"""Layers that normalise."""

from __future__ import annotations

import numpy as np

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.dtypes import FLOAT32, as_dtype, computing_dtype
from cntk.graph.trace import block_function
from cntk.layers.blocks import UntestedBranchError
from cntk.shape import INFERRED
from cntk.variables import Constant, Parameter


def BatchNormalization(
    map_rank: int | None = default_override_or(None),
    init_scale: float = 1,
    normalization_time_constant: float = default_override_or(5000),
    blend_time_constant: float = 0,
    epsilon: float = default_override_or(0.00001),
    use_cntk_engine: bool = default_override_or(False),
    disable_regularization: bool = default_override_or(False),
    name: str = "",
):
    """Return a layer that normalises over the samples of a minibatch.

    ``scale`` and ``bias`` are learned; ``aggregate_mean``, ``aggregate_variance`` and
    ``aggregate_count`` are constants that training updates and evaluation uses. They are float32
    where the layer is float16.

    Args:
        map_rank: 1: statistics per channel, shape (first axis,); None: per element, shape
            (number of elements,).
        init_scale: initial value of ``scale``.
        normalization_time_constant: samples in which the running statistics adapt.
        blend_time_constant: kept for CNTK's files; without effect.
        epsilon: added to the variance.
        use_cntk_engine: kept for CNTK's files; without effect.
        disable_regularization: kept for CNTK's files; without effect.
        name: name of the layer.

    Raises:
        NotImplementedError: another ``map_rank``.

    Reference:
        Ioffe, Szegedy, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", ICML 2015, arXiv:1502.03167.

    >>> f = C.layers.BatchNormalization(map_rank=1)(C.input_variable((3, 4, 4)))
    >>> f.shape, f.scale.shape
    ((3, 4, 4), (3,))
    """
    map_rank = get_default_override(BatchNormalization, map_rank=map_rank)
    time_constant = get_default_override(
        BatchNormalization, normalization_time_constant=normalization_time_constant
    )
    epsilon = get_default_override(BatchNormalization, epsilon=epsilon)
    use_cntk_engine = get_default_override(BatchNormalization, use_cntk_engine=use_cntk_engine)
    no_decay = get_default_override(
        BatchNormalization, disable_regularization=disable_regularization
    )
    if map_rank not in (None, 1):
        raise UntestedBranchError("BatchNormalization map_rank can only be 1 or None for now")
    shape, dtype = (INFERRED,), _statistics_dtype()
    scale = Parameter(shape, init=init_scale, dtype=dtype, name="scale")
    bias = Parameter(shape, init=0, dtype=dtype, name="bias")
    mean = Constant(0, shape=shape, dtype=dtype, name="aggregate_mean")
    variance = Constant(0, shape=shape, dtype=dtype, name="aggregate_variance")
    count = Constant(0, shape=(), dtype=dtype, name="aggregate_count")

    @block_function("BatchNormalization", name)
    def normalize(x):
        return ops.batch_normalization(
            x,
            scale,
            bias,
            mean,
            variance,
            running_count=count,
            spatial=map_rank == 1,
            normalization_time_constant=time_constant,
            blend_time_constant=blend_time_constant,
            epsilon=epsilon,
            use_cudnn_engine=not use_cntk_engine,
            disable_regularization=no_decay,
        )

    return normalize


def _statistics_dtype() -> np.dtype:
    """Return the element type of parameters, but float32 for float16: counts and variances fit."""
    dtype = get_default_override(Parameter, dtype=default_override_or(FLOAT32))
    return computing_dtype(as_dtype(dtype))


def LayerNormalization(
    initial_scale: float = 1,
    initial_bias: float = 0,
    epsilon: float = default_override_or(0.00001),
    name: str = "",
):
    """Return a layer that normalises each sample, or frame, over all of its elements.

    Args:
        initial_scale: initial value of ``scale``, shape (last axis,).
        initial_bias: initial value of ``bias``, shape (last axis,).
        epsilon: added to the standard deviation.
        name: name of the layer.

    Reference:
        Ba, Kiros, Hinton, "Layer normalization", 2016, arXiv:1607.06450 (with epsilon outside the
        root, as in CNTK 2.7).

    >>> x = C.input_variable(3)
    >>> C.layers.LayerNormalization()(x).eval([[1, 2, 4]]).round(4)
    array([[-1.069 , -0.2673,  1.3363]], dtype=float32)
    """
    epsilon = get_default_override(LayerNormalization, epsilon=epsilon)
    scale = Parameter((INFERRED,), init=initial_scale, name="scale")
    bias = Parameter((INFERRED,), init=initial_bias, name="bias")

    @block_function("LayerNormalization", name)
    def normalize(x):
        centred = x - ops.reduce_mean(x)
        deviation = ops.sqrt(ops.reduce_mean(centred * centred))
        return centred / (deviation + epsilon) * scale + bias

    return normalize
