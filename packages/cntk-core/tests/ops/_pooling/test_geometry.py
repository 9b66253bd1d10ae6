"""Static shapes of pooling; the numbers are those of CNTK 2.7 unless a test says otherwise."""

from __future__ import annotations

import pytest

from cntk.errors import ShapeError
from cntk.ops._pooling.geometry import pooling_axes, pooling_shape
from cntk.shape import UNKNOWN_SHAPE


@pytest.mark.parametrize(
    "operand, window, options, shape",
    [
        ((6, 7), (2, 2), {}, (5, 6)),
        ((6, 7), (2,), {}, (6, 6)),
        ((6, 7), (2, 2), {"strides": (2,)}, (3, 3)),
        ((6, 7), (2, 2), {"strides": (1, 2)}, (5, 3)),
        ((4, 6, 7), (2, 2), {"strides": (2, 2)}, (4, 3, 3)),
        ((4, 6, 7), (2, 2), {"strides": (2, 2, 2)}, (2, 3, 3)),
        ((4, 6, 7), (2,), {"strides": (2,)}, (4, 6, 3)),
        ((4, 6, 7), (2,), {"strides": (2, 2)}, (4, 3, 3)),
        ((2, 6, 7), (3, 3), {"auto_padding": (True,)}, (2, 6, 7)),
        ((2, 6, 7), (3, 3), {"auto_padding": (True, False)}, (2, 6, 5)),
        ((2, 6, 7), (3, 3), {"auto_padding": (False, True, True)}, (2, 6, 7)),
        ((6,), (3,), {"auto_padding": (True,), "strides": (2,), "ceil_out_dim": True}, (4,)),
        ((6,), (4,), {"strides": (3,), "ceil_out_dim": True}, (2,)),
        ((7,), (3,), {"strides": (5,)}, (1,)),
        ((2, -3, -3), (2, 2), {"strides": (2,)}, (2, -3, -3)),
        ((-3, 6), (2,), {"strides": (2,)}, (-3, 3)),
        ((2, 6, 6), UNKNOWN_SHAPE, {}, (2, 1, 1)),
    ],
)
def test_windows_slide_along_the_last_axes(operand, window, options, shape):
    assert pooling_shape(operand, window, **options) == shape
    if min(operand) > 0:
        axes = pooling_axes(operand, window, **options)
        kept = len(operand) - len(axes)
        assert shape[kept:] == tuple(axis.output for axis in axes)
        assert shape[:kept] == operand[:kept]


def test_a_whole_window_takes_an_axis_of_unknown_size():
    """CNTK 2.7 refuses."""
    assert pooling_shape((2, -3, 6), UNKNOWN_SHAPE) == (2, 1, 1)


@pytest.mark.parametrize(
    "operand, window, options, message",
    [
        ((6, 7), (7, 7), {}, "kernel dim 7 <= input dim 6"),
        ((6, 7), (7, 7), {"auto_padding": (True,)}, "kernel dim 7 <= input dim 6"),
        ((6, 7), (2, 2, 2), {}, "rank 3 does not fit an operand of rank 2"),
        ((6, 7), (), {}, "rank 0 does not fit"),
        ((), (2,), {}, "operand of rank 0"),
        ((6, 7), (0, 2), {}, "window 0"),
        ((6, 7), (-1, 2), {}, "window -1"),
        ((6, 7), (2, 2), {"strides": (0, 1)}, "stride 0"),
        ((6, 7), (2, 2), {"strides": (1, 1, 2)}, "3 entries for 2 axes"),
        ((6, 7), (2, 2), {"auto_padding": ()}, "0 entries"),
    ],
)
def test_windows_and_options_that_do_not_fit_are_refused(operand, window, options, message):
    with pytest.raises(ShapeError, match=message):
        pooling_shape(operand, window, **options)


@pytest.mark.parametrize("size, window, stride", [(6, 1, 4), (5, 2, 5), (7, 2, 4)])
def test_a_window_outside_the_data_is_refused(size, window, stride):
    """CNTK 2.7 makes it minus infinity, or nan for an average."""
    with pytest.raises(ShapeError, match="along axis 0 would lie outside the data"):
        pooling_shape((size,), (window,), (stride,), ceil_out_dim=True)
