"""Convolutions over one, two and three axes."""

from __future__ import annotations

from cntk.default_options import default_override_or, get_default_override
from cntk.initializer import glorot_uniform
from cntk.layers._convolution.convolutional import Convolution, spatial_shape
from cntk.layers.identity import identity


def Convolution1D(
    filter_shape,
    num_filters: int | None = None,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    pad=default_override_or(False),
    strides=1,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    reduction_rank: int = 1,
    dilation=1,
    name: str = "",
):
    """Return a layer that convolves along one axis; see :func:`Convolution`.

    >>> C.layers.Convolution1D(3, 4)(C.input_variable((2, 7))).shape
    (4, 5)
    """
    activation = get_default_override(Convolution1D, activation=activation)
    init = get_default_override(Convolution1D, init=init)
    pad = get_default_override(Convolution1D, pad=pad)
    bias = get_default_override(Convolution1D, bias=bias)
    init_bias = get_default_override(Convolution1D, init_bias=init_bias)
    return Convolution(
        spatial_shape(Convolution1D, filter_shape, 1),
        num_filters=num_filters,
        activation=activation,
        init=init,
        pad=pad,
        strides=strides,
        bias=bias,
        init_bias=init_bias,
        reduction_rank=reduction_rank,
        dilation=dilation,
        name=name,
    )


def Convolution2D(
    filter_shape,
    num_filters: int | None = None,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    pad=default_override_or(False),
    strides=1,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    reduction_rank: int = 1,
    dilation=1,
    groups: int = 1,
    name: str = "",
):
    """Return a layer that convolves images; see :func:`Convolution`.

    >>> C.layers.Convolution2D((3, 3), 4)(C.input_variable((3, 8, 8))).shape
    (4, 6, 6)
    """
    activation = get_default_override(Convolution2D, activation=activation)
    init = get_default_override(Convolution2D, init=init)
    pad = get_default_override(Convolution2D, pad=pad)
    bias = get_default_override(Convolution2D, bias=bias)
    init_bias = get_default_override(Convolution2D, init_bias=init_bias)
    return Convolution(
        spatial_shape(Convolution2D, filter_shape, 2),
        num_filters=num_filters,
        activation=activation,
        init=init,
        pad=pad,
        strides=strides,
        bias=bias,
        init_bias=init_bias,
        reduction_rank=reduction_rank,
        dilation=dilation,
        groups=groups,
        name=name,
    )


def Convolution3D(
    filter_shape,
    num_filters: int | None = None,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    pad=default_override_or(False),
    strides=1,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    reduction_rank: int = 1,
    dilation=1,
    groups: int = 1,
    name: str = "",
):
    """Return a layer that convolves volumes; see :func:`Convolution`.

    >>> C.layers.Convolution3D((2, 2, 2), 3)(C.input_variable((2, 4, 3, 4))).shape
    (3, 3, 2, 3)
    """
    activation = get_default_override(Convolution3D, activation=activation)
    init = get_default_override(Convolution3D, init=init)
    pad = get_default_override(Convolution3D, pad=pad)
    bias = get_default_override(Convolution3D, bias=bias)
    init_bias = get_default_override(Convolution3D, init_bias=init_bias)
    return Convolution(
        spatial_shape(Convolution3D, filter_shape, 3),
        num_filters=num_filters,
        activation=activation,
        init=init,
        pad=pad,
        strides=strides,
        bias=bias,
        init_bias=init_bias,
        reduction_rank=reduction_rank,
        dilation=dilation,
        groups=groups,
        name=name,
    )
