"""Transposed convolutions: the gradient of a convolution as a layer, for upsampling."""

from __future__ import annotations

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.deprecation import older_name
from cntk.errors import UnsupportedError
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.layers._convolution.convolutional import per_filter_axis, spatial_shape
from cntk.layers.identity import activated, identity
from cntk.layers.initial import initial_weights
from cntk.shape import INFERRED, as_shape
from cntk.variables import Parameter


def ConvolutionTranspose(
    filter_shape,
    num_filters: int,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    pad=default_override_or(False),
    strides=1,
    sharing: bool = True,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    output_shape=None,
    reduction_rank: int = 1,
    dilation=1,
    max_temp_mem_size_in_samples: int = 0,
    name: str = "",
):
    """Return a layer that spreads its input with learned filters.

    Args:
        filter_shape: spatial shape of the filters, e.g. ``(3, 3)``.
        num_filters: number of filters, the channels of the output.
        activation: function applied to the result; None or identity for none.
        init: initial value of the filters ``W``, shape (channels, filters, *filter_shape).
        pad: whether to cut the border as padding would have added it.
        strides: step in the output for one step in the input.
        sharing: must be True: filters are shared between positions.
        bias: whether there is a bias ``b``, shape (filters, 1, ...).
        init_bias: its initial value.
        output_shape: spatial shape of the output; default: the smallest.
        reduction_rank: must be 1: the input has a channel axis.
        dilation: spacing of the filter's elements.
        max_temp_mem_size_in_samples: kept for CNTK's files; without effect.
        name: name of the layer.

    Raises:
        ValueError: an option has the wrong number of elements.
        NotImplementedError: there is no channel axis, or filters are not shared.

    Reference:
        Zeiler et al., "Deconvolutional networks", CVPR 2010; Long, Shelhamer, Darrell, "Fully
        convolutional networks for semantic segmentation", CVPR 2015, arXiv:1411.4038.

    >>> x = C.input_variable((3, 8, 8))
    >>> C.layers.ConvolutionTranspose((3, 3), 16, strides=2)(x).shape
    (16, 17, 17)
    """
    activation = get_default_override(ConvolutionTranspose, activation=activation)
    init = get_default_override(ConvolutionTranspose, init=init)
    pad = get_default_override(ConvolutionTranspose, pad=pad)
    bias = get_default_override(ConvolutionTranspose, bias=bias)
    init_bias = get_default_override(ConvolutionTranspose, init_bias=init_bias)
    if reduction_rank != 1:
        raise NotImplementedError("ConvolutionTranspose: reduction_rank must be 1")
    if not sharing:
        raise NotImplementedError("ConvolutionTranspose: sharing option currently must be True")
    filter_shape, filters = as_shape(filter_shape), as_shape(num_filters)
    if len(filters) != 1:
        raise UnsupportedError("ConvolutionTranspose: num_filters must be a number")
    rank = len(filter_shape)
    strides = per_filter_axis("strides", strides, filter_shape)
    pad = per_filter_axis("pad", pad, filter_shape)
    dilation = per_filter_axis("dilation", dilation, filter_shape)
    full_shape = None
    if output_shape is not None:
        full_shape = (*filters, *per_filter_axis("output_shape", output_shape, filter_shape))
    W = Parameter(
        (INFERRED, *filters, *filter_shape),
        init=initial_weights(init, output_rank=-1, filter_rank=rank),
        name="W",
    )
    b = Parameter((*filters, *(1,) * rank), init=init_bias, name="b") if bias else None

    @block_function("ConvolutionTranspose", name)
    def spread(x):
        r = ops.convolution_transpose(
            W,
            x,
            strides=strides,
            auto_padding=(False, *pad),
            output_shape=full_shape,
            dilation=dilation,
            max_temp_mem_size_in_samples=max_temp_mem_size_in_samples,
        )
        return activated(activation, r + b if b is not None else r)

    return spread


def _of_rank(rank: int):
    """Return the layer for a given number of spatial axes."""

    def transpose(
        filter_shape,
        num_filters: int,
        activation=default_override_or(identity),
        init=default_override_or(glorot_uniform()),
        pad=default_override_or(False),
        strides=1,
        bias: bool = default_override_or(True),
        init_bias=default_override_or(0),
        output_shape=None,
        reduction_rank: int = 1,
        dilation=1,
        name: str = "",
    ):
        return ConvolutionTranspose(
            spatial_shape(transpose, filter_shape, rank),
            num_filters,
            activation=get_default_override(transpose, activation=activation),
            init=get_default_override(transpose, init=init),
            pad=get_default_override(transpose, pad=pad),
            strides=strides,
            bias=get_default_override(transpose, bias=bias),
            init_bias=get_default_override(transpose, init_bias=init_bias),
            output_shape=output_shape,
            reduction_rank=reduction_rank,
            dilation=dilation,
            name=name,
        )

    transpose.__name__ = transpose.__qualname__ = f"ConvolutionTranspose{rank}D"
    sizes = ", ".join(["3"] * rank)
    transpose.__doc__ = f"""Return a transposed convolution over {rank} spatial axes.

    Arguments as for :func:`ConvolutionTranspose`; a number as ``filter_shape`` serves all axes.

    >>> x = C.input_variable((2, {", ".join(["4"] * rank)}))
    >>> C.layers.ConvolutionTranspose{rank}D(({sizes},), 5)(x).shape
    (5, {", ".join(["6"] * rank)})
    """
    return transpose


ConvolutionTranspose1D = _of_rank(1)
ConvolutionTranspose2D = _of_rank(2)
ConvolutionTranspose3D = _of_rank(3)
Deconvolution = older_name("Deconvolution", ConvolutionTranspose)
