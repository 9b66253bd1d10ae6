"""Static shapes of convolution; the numbers are those of CNTK 2.7 unless a test says otherwise."""

from __future__ import annotations

import pytest

from cntk.errors import ShapeError
from cntk.ops._convolution.geometry import convolution_geometry, convolution_shape

OPERAND, KERNEL = (3, 6, 7), (2, 3, 3, 3)


@pytest.mark.parametrize(
    "options, shape",
    [
        ({}, (6, 6, 7)),  # the trap: auto_padding=[True] pads the channel axis too
        ({"auto_padding": (True, True)}, (6, 6, 7)),
        ({"auto_padding": (False, True)}, (2, 4, 7)),
        ({"auto_padding": (True, False)}, (6, 6, 5)),
        ({"auto_padding": (False, True, True)}, (2, 6, 7)),
        ({"auto_padding": (False,)}, (2, 4, 5)),
        ({"auto_padding": (False,), "strides": (2,)}, (2, 2, 3)),
        ({"auto_padding": (False,), "strides": (2, 1)}, (2, 2, 5)),
        ({"auto_padding": (False,), "strides": (1, 2)}, (2, 4, 3)),
        ({"auto_padding": (False,), "strides": (2, 1, 1)}, (2, 4, 5)),
        ({"auto_padding": (False,), "dilation": (1, 2, 2)}, (2, 2, 3)),
    ],
)
def test_lists_are_aligned_at_the_right_and_cover_the_channel_axis(options, shape):
    assert convolution_shape(OPERAND, KERNEL, **options) == shape
    assert convolution_geometry(OPERAND, KERNEL, **options).output_shape == shape


@pytest.mark.parametrize(
    "operand, kernel, options, shape",
    [
        ((3, 6, 7), (2, 2, 3, 3), {}, (4, 4, 5)),  # two of three channels: two places each
        ((3, 6, 7), (2, 2, 3, 3), {"strides": (2, 1, 1)}, (2, 4, 5)),
        ((5, 6, 7), (2, 2, 3, 3), {"strides": (2, 1, 1), "auto_padding": (True,)}, (6, 6, 7)),
        ((7,), (2, 3), {}, (10,)),
        ((7,), (3,), {}, (5,)),
        ((3, 6, 7), (2, -1, 3, 3), {"auto_padding": (True,)}, (2, 6, 7)),
        ((3, 6, 7), (-1, 3, 3, 3), {}, (-1, 4, 5)),
        ((4, 6, 7), (4, 2, 3, 3), {"groups": 2}, (4, 4, 5)),
        ((-3, 6, 7), (2, 3, 3, 3), {}, (-3, 4, 5)),
        ((3, -3, -3), (2, 3, 3, 3), {}, (2, -3, -3)),
        ((3, -1, 7), (2, 3, 3, 3), {}, (2, -1, 5)),
        ((3, -3, 7), (2, 3, 3, 3), {"strides": (2,), "auto_padding": (True,)}, (4, -3, 4)),
    ],
)
def test_channels_and_unknown_sizes(operand, kernel, options, shape):
    assert convolution_shape(operand, kernel, **{"auto_padding": (False,), **options}) == shape


def test_a_short_list_does_not_dilate_channels():
    """CNTK 2.7 does, and makes an output without channels."""
    options = {"auto_padding": (False,), "dilation": (2,)}
    assert convolution_shape(OPERAND, KERNEL, **options) == (2, 2, 3)


def test_channels_of_a_group_may_be_deduced():
    """CNTK 2.7 refuses."""
    assert convolution_shape((4, 6), (4, -1, 3), auto_padding=(False,), groups=2) == (4, 4)


def test_a_kernel_that_spans_all_channels_does_not_slide_along_them():
    geometry = convolution_geometry(OPERAND, KERNEL, auto_padding=(False,))
    assert (geometry.channels, geometry.outputs, geometry.fan_in) == (3, (4, 5), 27)


@pytest.mark.parametrize("padded", [False, True])
def test_a_window_larger_than_the_data_is_refused_padded_or_not(padded):
    with pytest.raises(ShapeError) as error:
        convolution_shape((3, 5, 5), (2, 3, 3, 7), auto_padding=(False, padded, padded))
    assert str(error.value) == (
        "Convolution operation requires that kernel dim 7 <= input dim 5.\n"
        "  operand [3 x 5 x 5]  -> axis 2, size 5\n"
        "  window  [3 x 3 x 7]  -> axis 2, size 7\n"
        "  try: a smaller window, or larger data"
    )


def test_a_dilated_window_larger_than_the_data_is_refused():
    with pytest.raises(ShapeError, match=r"kernel dim 3, dilated to 7 <= input dim 6"):
        convolution_shape(OPERAND, KERNEL, auto_padding=(False,), dilation=(1, 3, 3))


@pytest.mark.parametrize(
    "operand, kernel, options, message",
    [
        ((6, 7), (4, 4, 3, 3), {}, "one axis more"),
        ((3, 6, 7), (3, 3), {}, "one axis more"),
        ((), (3,), {}, "one axis more"),
        ((3, 6, 7), (2, 3, -1, 3), {}, "are known"),
        ((3, 6, 7), (2, 0, 3, 3), {}, "at least 1"),
        ((4, 6, 7), (4, 3, 3, 3), {"groups": 2}, r"channels \(4\).*channels \(3\) \* groups \(2\)"),
        (
            (4, 6, 7),
            (3, 2, 3, 3),
            {"groups": 2},
            r"filters \(3\) must be divisible by groups \(2\)",
        ),
        ((4, 6, 7), (4, 4, 3, 3), {"groups": 0}, "groups > 0"),
        ((4, 6, 7), (4, 2, 3, 3), {"groups": 2, "auto_padding": (True,)}, "pads the channels"),
        ((3, 6, 7), (2, 3, 3, 3), {"strides": (1, 1, 1, 1)}, "strides.*4 entries for 3 axes"),
        ((3, 6, 7), (2, 3, 3, 3), {"strides": ()}, "strides.*0 entries"),
        ((3, 6, 7), (2, 3, 3, 3), {"strides": (0,)}, "stride 0"),
        ((3, 6, 7), (2, 3, 3, 3), {"dilation": (0,)}, "dilation 0"),
    ],
)
def test_shapes_and_options_that_do_not_fit_are_refused(operand, kernel, options, message):
    with pytest.raises(ShapeError, match=message):
        convolution_shape(operand, kernel, **{"auto_padding": (False,), **options})
