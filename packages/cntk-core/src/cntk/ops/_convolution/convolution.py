"""Convolution of samples, of samples without channels, and of sequences along time."""

from __future__ import annotations

from cntk.errors import ArgumentError, UnsupportedError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._convolution.arguments import flags, numbers
from cntk.ops._convolution.convolve import convolve
from cntk.ops._convolution.over_sequence import over_sequence
from cntk.ops._convolution.without_channels import with_channel, without_channels


@composite()
def convolution(
    convolution_map: Operand,
    operand: Operand,
    strides=(1,),
    sharing=[True],  # noqa: B006  (CNTK's defaults; they are only read)
    auto_padding=[True],  # noqa: B006
    sequential: bool = False,
    dilation=(1,),
    reduction_rank: int = 1,
    groups: int = 1,
    max_temp_mem_size_in_samples: int = 0,
    name: str = "",
) -> Function:
    """Return the cross-correlation of each sample of ``operand`` with the kernel.

    Lists are row-major and have an entry for each axis of the operand, the channel axis first; a
    shorter list is for the last axes, and a list of one entry for all. Mind that the default of
    ``auto_padding`` pads the channel axis too, which makes several channels of each filter:
    say ``[False, True, True]`` for images.

    Args:
        convolution_map: static shape ``(filters, channels / groups, *window)``; channels may be -1,
            to be deduced. No dynamic axes.
        operand: static shape ``(channels, *spatial)``, any number of spatial axes.
        strides: cells from one window to the next, one int or a list.
        sharing: True; kernels that differ from place to place are not supported.
        auto_padding: flags, whether the axis is padded with zeros so that there are
            ``ceil(size / stride)`` windows; the larger half of odd padding comes after the data.
        sequential: the first spatial axis is the sequence axis of ``operand``.
        dilation: cells from one position of a window to the next, one int or a list.
        reduction_rank: 0 for an operand ``(*spatial)`` and a kernel ``(filters, *window)`` or
            ``(*window)`` without channels.
        groups: number of blocks of channels; filters of a block see the channels of that block.
        max_temp_mem_size_in_samples: has no effect.
        name: name of the result.

    Raises:
        ValueError: a window exceeds the data, or shapes and lists do not fit.

    Reference: V. Dumoulin and F. Visin, 2016, arXiv:1603.07285.

    >>> x = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)
    >>> v = C.input_variable((1, 2, 3))
    >>> C.convolution(np.ones((1, 1, 2, 2), np.float32), v, auto_padding=[False]).eval({v: x})
    array([[[[ 8., 12.]]]], dtype=float32)
    """
    options = prepared_options(
        strides, sharing, auto_padding, dilation, reduction_rank, max_temp_mem_size_in_samples
    )
    options["groups"] = groups
    if sequential:
        if reduction_rank == 0:
            convolution_map, operand = with_channel(convolution_map, operand, 1)
        return over_sequence(convolution_map, operand, options, name)
    if reduction_rank == 0:
        return without_channels(convolve, convolution_map, operand, options, name)
    return convolve(convolution_map, operand, **options, name=name)


@convolution.samples
def convolution_samples(make):
    axes, same = ("parameter", "batch"), [False, True, True]
    yield Sample(make(2, 3, 3, 3), make(3, 5, 6), axes=axes, auto_padding=same)
    yield Sample(make(2, 3, 3, 2), make(3, 5, 6), axes=axes, auto_padding=[False], strides=2)
    yield Sample(make(2, 3, 2, 2), make(3, 5, 6), axes=axes, auto_padding=same, dilation=(1, 2, 1))
    yield Sample(make(4, 2, 3, 3), make(4, 5, 5), axes=axes, auto_padding=same, groups=2)
    yield Sample(make(2, 2, 3), make(3, 5), axes=axes)  # slides along padded channels
    yield Sample(make(2, 3, 1, 1), make(3, 9, 8), axes=axes, auto_padding=[False])
    yield Sample(make(2, 2, 1, 2, 3), make(2, 3, 4, 5), axes=axes, auto_padding=[False, True])
    yield Sample(make(2, 3, 3), make(5, 4), axes=axes, reduction_rank=0)
    axes = ("parameter", "sequence")
    yield Sample(make(3, 2, 1), make(2), axes=axes, auto_padding=[False, True], sequential=True)
    yield Sample(make(2, 1, 2), make(3), axes=axes, reduction_rank=0, sequential=True)


def prepared_options(
    strides, sharing, auto_padding, dilation, reduction_rank, max_temp_mem_size_in_samples
) -> dict:
    """Return the arguments that both convolutions take, checked, with lists as tuples.

    Raises:
        ArgumentError: an argument is of the wrong kind.
        UnsupportedError: kernels are not shared.
    """
    if reduction_rank not in (0, 1):
        raise ArgumentError(f"reduction_rank={reduction_rank!r} must be 1 or 0")
    sharing = flags("sharing", sharing)
    if not all(sharing):
        raise UnsupportedError(
            f"sharing={list(sharing)}: kernels that differ from place to place are not supported"
        )
    return {
        "strides": numbers("strides", strides),
        "sharing": sharing,
        "auto_padding": flags("auto_padding", auto_padding),
        "dilation": numbers("dilation", dilation),
        "max_temp_mem_size_in_samples": max_temp_mem_size_in_samples,
    }
