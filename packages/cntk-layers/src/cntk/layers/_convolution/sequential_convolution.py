"""Convolution along the sequence axis as one operation, which may have strides."""

from __future__ import annotations

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.function import Function
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.layers._convolution.convolutional import (
    check_options,
    check_time_axis,
    filter_weights,
    number_of_filters,
    per_filter_axis,
)
from cntk.layers.identity import activated, identity
from cntk.shape import as_shape
from cntk.variables import Parameter


def SequentialConvolution(
    filter_shape,
    num_filters: int | tuple[int, ...] | None = None,
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
) -> Function:
    """Return a layer that convolves along the sequence axis.

    It computes what ``Convolution(..., sequential=True)`` does, with a sequence axis of its own,
    whose length is that of a convolution: strides over it are possible.

    Args:
        filter_shape: shape of the filters; the first axis, in frames, runs over the sequence.
        num_filters: number of filters, the channels of the output; None: no channel axis.
        activation: function applied to the result; None or identity for none.
        init: initial value of the filters ``W``, shape (filters, channels, *filter_shape).
        pad: whether to pad with zeros so that the size stays; one per filter axis or one for all.
        strides: step of the filters; one per filter axis or one for all.
        sharing: must be True: filters are shared between positions.
        bias: whether there is a bias ``b``, shape (filters, 1, ...), an axis for each static one.
        init_bias: its initial value.
        reduction_rank: 1 if a frame has a channel axis, 0 if not.
        transpose_weight: must be False.
        dilation: spacing of the filter's elements; one per filter axis or one for all.
        groups: must be 1; ``C.convolution`` has groups.
        max_temp_mem_size_in_samples: kept for CNTK's files; without effect.
        op_name: name of the operation.
        name: name of the layer.

    Raises:
        ValueError: an option has the wrong number of elements, groups are asked for, the input has
            no sequence axis, or a sequence is shorter than the filter.

    >>> s = C.sequence.input_variable(1)
    >>> f = C.layers.SequentialConvolution(3, 1, strides=2, init=1)(s)
    >>> f.eval([np.array([[1], [2], [3], [4], [5]], 'f')])[0].ravel()
    array([ 6., 12.], dtype=float32)
    """
    activation = get_default_override(SequentialConvolution, activation=activation)
    init = get_default_override(SequentialConvolution, init=init)
    pad = get_default_override(SequentialConvolution, pad=pad)
    bias = get_default_override(SequentialConvolution, bias=bias)
    init_bias = get_default_override(SequentialConvolution, init_bias=init_bias)
    filter_shape = as_shape(filter_shape)
    check_time_axis(filter_shape)
    static_rank = len(filter_shape) - 1
    strides = per_filter_axis("strides", strides, filter_shape)
    pad = per_filter_axis("pad", pad, filter_shape)
    dilation = per_filter_axis("dilation", dilation, filter_shape)
    shared = per_filter_axis("sharing", sharing, filter_shape)
    check_options(shared, reduction_rank, transpose_weight, groups)
    filters, has_channels = number_of_filters(num_filters)
    W = filter_weights(init, filters if has_channels else (), filter_shape, reduction_rank)
    b = Parameter((*filters, *(1,) * static_rank), init=init_bias, name="b") if bias else None

    @block_function(op_name, name)
    def convolve(x):
        if reduction_rank == 0:
            x = ops.reshape(x, (1,), 0, 0)  # a channel axis of size 1
        r = ops.convolution(
            W,
            x,
            strides=strides,
            sharing=shared,
            auto_padding=(False, *pad),
            sequential=True,
            dilation=dilation,
            max_temp_mem_size_in_samples=max_temp_mem_size_in_samples,
        )
        if b is not None:
            r = r + b
        if not has_channels:
            r = ops.reshape(r, (), 0, 1)
        return activated(activation, r)

    return convolve
