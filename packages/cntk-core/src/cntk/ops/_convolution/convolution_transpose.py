"""Transposed convolution of samples, and of samples without channels."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._convolution.arguments import numbers
from cntk.ops._convolution.convolution import prepared_options
from cntk.ops._convolution.convolve_transposed import convolve_transposed
from cntk.ops._convolution.without_channels import without_channels


@composite()
def convolution_transpose(
    convolution_map: Operand,
    operand: Operand,
    strides=(1,),
    sharing=[True],  # noqa: B006  (CNTK's defaults; they are only read)
    auto_padding=[True],  # noqa: B006
    output_shape=None,
    dilation=(1,),
    reduction_rank: int = 1,
    max_temp_mem_size_in_samples: int = 0,
    name: str = "",
) -> Function:
    """Return each sample of ``operand`` scattered through the kernel: what is called deconvolution.

    It is the gradient of a convolution to its data. A spatial axis grows to
    ``(size - 1) * stride + window`` cells, or with ``auto_padding`` to ``(size - 1) * stride + 1``.
    Lists are as for :func:`convolution`; their entries for the channel axis have no effect.

    Args:
        convolution_map: static shape ``(channels, filters, *window)``; channels may be -1, to be
            deduced. No dynamic axes.
        operand: static shape ``(channels, *spatial)``, any number of spatial axes.
        strides: cells from one window to the next, one int or a list.
        sharing: True; kernels that differ from place to place are not supported.
        auto_padding: flags, whether the axis of the result is cropped, as above.
        output_shape: static shape ``(filters, *spatial)`` of the result, where it is to be larger;
            one from which the convolution leads back to the shape of ``operand``.
        dilation: cells from one position of a window to the next, one int or a list.
        reduction_rank: 0 for an operand ``(*spatial)`` and a kernel ``(filters, *window)`` or
            ``(*window)`` without channels.
        max_temp_mem_size_in_samples: has no effect.
        name: name of the result.

    Raises:
        ValueError: shapes and lists do not fit.

    Reference: M. D. Zeiler et al., Deconvolutional networks, CVPR 2010.

    >>> x = C.input_variable((1, 3))
    >>> kernel = np.array([[[1, 10, 100]]], np.float32)
    >>> z = C.convolution_transpose(kernel, x, strides=2, auto_padding=[False])
    >>> z.eval({x: np.array([[[1, 2, 3]]], np.float32)})
    array([[[  1.,  10., 102.,  20., 203.,  30., 300.]]], dtype=float32)
    """
    options = prepared_options(
        strides, sharing, auto_padding, dilation, reduction_rank, max_temp_mem_size_in_samples
    )
    options["output_shape"] = (
        (0,) if output_shape is None else numbers("output_shape", output_shape)
    )
    if reduction_rank == 0:
        return without_channels(
            convolve_transposed, convolution_map, operand, options, name, transposed=True
        )
    return convolve_transposed(convolution_map, operand, **options, name=name)


@convolution_transpose.samples
def convolution_transpose_samples(make):
    axes, same = ("parameter", "batch"), [False, True, True]
    yield Sample(make(3, 2, 3, 3), make(3, 4, 3), axes=axes)
    yield Sample(make(3, 2, 3, 2), make(3, 4, 3), axes=axes, auto_padding=[False], strides=2)
    yield Sample(make(3, 2, 3), make(3, 4), axes=axes, strides=(2,), output_shape=(2, 8))
    yield Sample(make(3, 2, 2, 2), make(3, 4, 3), axes=axes, auto_padding=same, dilation=(1, 2, 1))
    yield Sample(make(2, 3, 3), make(4, 3), axes=axes, reduction_rank=0)
