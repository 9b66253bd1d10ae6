"""Convolutions."""

from __future__ import annotations

import numpy as np

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.errors import UnsupportedError
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.layers._convolution.filter_frames import FilterFrames
from cntk.layers.identity import activated, identity
from cntk.layers.initial import initial_weights
from cntk.shape import INFERRED, as_shape
from cntk.variables import Parameter


def per_filter_axis(name: str, value, filter_shape: tuple[int, ...]) -> tuple:
    """Return an option as one value per filter axis: a single one serves all.

    Raises:
        ValueError: there is another number of values.
    """
    rank = len(filter_shape)
    values = tuple(value) if np.ndim(value) else (value,)
    if len(values) == 1:
        values *= rank
    if len(values) != rank:
        raise ValueError(
            f"{name} parameter ({value}) must be a scalar or have same number of elements as the "
            f"filter_shape parameter ({filter_shape})"
        )
    return values


def Convolution(
    filter_shape,
    num_filters: int | tuple[int, ...] | None = None,
    sequential: bool = False,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    pad=default_override_or(False),
    strides=1,
    sharing: bool = True,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    reduction_rank: int = 1,
    transpose_weight: bool = False,
    dilation=1,
    groups: int = 1,
    max_temp_mem_size_in_samples: int = 0,
    op_name: str = "Convolution",
    name: str = "",
):
    """Return a layer that convolves its input with learned filters.

    Args:
        filter_shape: spatial shape of the filters, e.g. ``(3, 3)``.
        num_filters: number of filters, the channels of the output; None: no channel axis.
        sequential: the first filter axis runs over the sequence axis; the input has no static axis
            for it. Without padding the result is shorter; strides over it must be 1.
        activation: function applied to the result; None or identity for none.
        init: initial value of the filters ``W``, shape (filters, channels, *filter_shape).
        pad: whether to pad with zeros so that the size stays; one per filter axis or one for all.
        strides: step of the filters; one per filter axis or one for all.
        sharing: must be True: filters are shared between positions.
        bias: whether there is a bias ``b``, shape (filters, 1, ...).
        init_bias: its initial value.
        reduction_rank: 1 if the input has a channel axis, 0 if not.
        transpose_weight: must be False.
        dilation: spacing of the filter's elements; one per filter axis or one for all.
        groups: must be 1; ``C.convolution`` has groups.
        max_temp_mem_size_in_samples: kept for CNTK's files; without effect.
        op_name: name of the operation.
        name: name of the layer.

    Raises:
        ValueError: an option has the wrong number of elements, or groups are asked for.
        NotImplementedError: strides over a sequence axis; :func:`SequentialConvolution` has them.

    Reference:
        LeCun et al., "Gradient-based learning applied to document recognition", Proc. IEEE 1998.

    >>> x = C.input_variable((1, 4, 4))
    >>> C.layers.Convolution((3, 3), 2, pad=True)(x).shape
    (2, 4, 4)
    >>> s = C.sequence.input_variable(1)
    >>> f = C.layers.Convolution(3, 1, sequential=True, pad=True, init=1)(s)
    >>> f.eval([np.array([[1], [2], [3]], 'f')])[0].ravel()
    array([3., 6., 5.], dtype=float32)
    """
    activation = get_default_override(Convolution, activation=activation)
    init = get_default_override(Convolution, init=init)
    pad = get_default_override(Convolution, pad=pad)
    bias = get_default_override(Convolution, bias=bias)
    init_bias = get_default_override(Convolution, init_bias=init_bias)
    filter_shape = as_shape(filter_shape)
    rank = len(filter_shape)
    strides = per_filter_axis("strides", strides, filter_shape)
    pad = per_filter_axis("pad", pad, filter_shape)
    dilation = per_filter_axis("dilation", dilation, filter_shape)
    shared = per_filter_axis("sharing", sharing, filter_shape)
    check_options(shared, reduction_rank, transpose_weight, groups)
    frames = None
    if sequential:
        check_time_axis(filter_shape)
        frames = FilterFrames(filter_shape[0], strides[0], dilation[0], pad[0])
        pad, dilation = (False, *pad[1:]), (1, *dilation[1:])
    filters, has_channels = number_of_filters(num_filters)
    W = filter_weights(init, filters if has_channels else (), filter_shape, reduction_rank)
    b = Parameter((*filters, *(1,) * rank), init=init_bias, name="b") if bias else None

    @block_function(op_name, name)
    def convolve(x):
        if frames:
            x = frames.spread(x, reduction_rank, rank)
        elif reduction_rank == 0:
            x = ops.reshape(x, (1,), 0, 0)  # a channel axis of size 1
        r = ops.convolution(
            W,
            x,
            strides=strides,
            sharing=shared,
            auto_padding=(False, *pad),
            dilation=dilation,
            max_temp_mem_size_in_samples=max_temp_mem_size_in_samples,
        )
        if frames:
            r = frames.without_incomplete(r)
        if b is not None:
            r = r + b
        if frames:
            r = frames.without_axis(r, rank, has_channels)
        elif not has_channels:
            r = ops.reshape(r, (), 0, 1)
        return activated(activation, r)

    return convolve


def check_time_axis(filter_shape: tuple[int, ...]) -> None:
    """Refuse filters without an axis that could run over a sequence."""
    if not filter_shape:
        raise ValueError(
            "Convolution: filter_shape () has no axis for the sequence; try 1 for filters of one "
            "frame"
        )


def number_of_filters(num_filters) -> tuple[tuple[int, ...], bool]:
    """Return the number of filters as a shape of one axis, and whether they are channels.

    Raises:
        ValueError: it is no number.
    """
    filters = () if num_filters is None else as_shape(num_filters)
    if not filters:
        return (1,), False
    if len(filters) != 1:
        raise ValueError(f"Convolution: num_filters must be a number, not {num_filters!r}")
    return filters, True


def filter_weights(init, filters, filter_shape, reduction_rank: int) -> Parameter:
    """Return the parameter ``W``, shape (filters, channels, *filter_shape).

    Args:
        init: an initializer or number; without a reduction axis also an array.
        filters: number of filters as a shape; ``()`` for a single one without a channel axis.
        filter_shape: spatial shape.
        reduction_rank: 0 if the input has no channel axis.

    Raises:
        ValueError: an array has another shape, or there is a reduction axis.
    """
    if isinstance(init, np.ndarray):
        if reduction_rank != 0:
            raise ValueError("a constant initializer can only be used without a reduction axis")
        if init.shape != filters + filter_shape:
            raise ValueError(
                f"a constant initializer was passed that is of wrong shape {init.shape}; "
                f"expected {filters + filter_shape}"
            )
        init = init.reshape(*(filters or (1,)), 1, *filter_shape)
    else:
        init = initial_weights(init, output_rank=-1, filter_rank=len(filter_shape))
    channels = INFERRED if reduction_rank else 1
    return Parameter((*(filters or (1,)), channels, *filter_shape), init=init, name="W")


def check_options(sharing, reduction_rank, transpose_weight, groups) -> None:
    """Refuse options that layers do not have, as CNTK 2.7 does."""
    if reduction_rank not in (0, 1):
        raise UnsupportedError("Convolution: reduction_rank must be 0 or 1")
    if not all(sharing):
        raise NotImplementedError("Convolution: sharing option currently must be True")
    if transpose_weight:
        raise NotImplementedError("Convolution: transpose_weight option currently not supported")
    if groups != 1:
        raise ValueError(
            "Convolution: groups > 1, is not currently supported by Convolution layer. For group "
            "convolution with groups > 1, use the operator C.convolution."
        )


def spatial_shape(function, filter_shape, rank: int) -> tuple[int, ...]:
    """Return a filter shape of the rank that a layer's name says."""
    shape = as_shape(filter_shape)
    if len(shape) == 1 and rank > 1:
        shape = shape * rank
    if len(shape) != rank:
        wanted = "a scalar" if rank == 1 else f"a scalar or a tuple with {rank} elements"
        raise ValueError(f"{function.__name__}: filter_shape must be {wanted}")
    return shape
