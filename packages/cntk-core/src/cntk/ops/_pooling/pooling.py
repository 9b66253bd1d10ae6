"""Pooling: the maximum or the average of each window."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.ops._convolution.arguments import flags, numbers
from cntk.ops._pooling.average_pooling import average_pooling
from cntk.ops._pooling.max_pooling import max_pooling
from cntk.shape import UNKNOWN_SHAPE, as_shape

MAX_POOLING = PoolingType_Max = 0
AVG_POOLING = PoolingType_Average = 1
_OPERATORS = {MAX_POOLING: max_pooling, AVG_POOLING: average_pooling}


@composite()
def pooling(
    operand: Operand,
    pooling_type: int,
    pooling_window_shape,
    strides=(1,),
    auto_padding=[False],  # noqa: B006  (CNTK's default; it is only read)
    ceil_out_dim: bool = False,
    include_pad: bool = False,
    name: str = "",
) -> Function:
    """Return the maximum or the average of each window of each sample.

    Windows slide along the last axes, as many as the window has; the axes before them, channels for
    instance, are kept. Lists are row-major; a shorter list is for the last axes, and a list of one
    entry for all that the window has.

    Args:
        operand: any static shape, no smaller than the window.
        pooling_type: ``C.MAX_POOLING`` or ``C.AVG_POOLING``.
        pooling_window_shape: cells of the window along each of the last axes; ``(-2,)``, the
            unknown shape, for all of each axis but the first.
        strides: cells from one window to the next, one int or a list.
        auto_padding: flags, whether the axis is padded so that there are ``ceil(size / stride)``
            windows; the larger half of odd padding comes after the data.
        ceil_out_dim: keep a last window that is only partly inside the data.
        include_pad: padding counts, as zeros, in averages.
        name: name of the result.

    Raises:
        ValueError: the window exceeds the data, or lists do not fit.

    >>> x = C.input_variable((4, 4))
    >>> data = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    >>> C.pooling(x, C.MAX_POOLING, (2, 2), strides=2).eval({x: data})
    array([[[ 5.,  7.],
            [13., 15.]]], dtype=float32)
    """
    if pooling_type not in _OPERATORS:
        raise ArgumentError(
            f"Unknown pooling type {pooling_type!r}; there are C.MAX_POOLING ({MAX_POOLING}) and "
            f"C.AVG_POOLING ({AVG_POOLING})"
        )
    return _OPERATORS[pooling_type](
        operand,
        window_shape(pooling_window_shape),
        strides=numbers("strides", strides),
        auto_padding=flags("auto_padding", auto_padding),
        ceil_out_dim=bool(ceil_out_dim),
        include_pad=bool(include_pad),
        name=name,
    )


@pooling.samples
def pooling_samples(make):
    for kind in (MAX_POOLING, AVG_POOLING):
        yield Sample(make(2, 4, 6), pooling_type=kind, pooling_window_shape=(2, 2), strides=2)
        yield Sample(
            make(2, 5, 6), pooling_type=kind, pooling_window_shape=(3, 2), strides=(2, 1),
            auto_padding=[True],
        )  # fmt: skip
        yield Sample(
            make(5), pooling_type=kind, pooling_window_shape=2, strides=2, ceil_out_dim=True
        )
        yield Sample(make(2, 3, 4), pooling_type=kind, pooling_window_shape=(-2,))
    yield Sample(
        make(5), pooling_type=kind, pooling_window_shape=3, auto_padding=[True], include_pad=True
    )


def window_shape(shape) -> tuple[int, ...]:
    """Return a window's shape as a tuple; all its sizes are known, or none is.

    Raises:
        ArgumentError: a size is not a positive whole number.
    """
    try:
        if as_shape(shape) == UNKNOWN_SHAPE:
            return UNKNOWN_SHAPE
    except (TypeError, ValueError):
        pass
    return numbers("pooling_window_shape", shape)
