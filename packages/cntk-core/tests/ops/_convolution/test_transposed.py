"""Static shapes of transposed convolution; the numbers are those of CNTK 2.7."""

from __future__ import annotations

import pytest

from cntk.errors import ShapeError
from cntk.ops._convolution.transposed import transposed_geometry, transposed_shape

OPERAND, KERNEL = (3, 4, 4), (3, 2, 3, 3)
SAME = {"auto_padding": (False, True, True), "strides": (1, 2, 2)}
WHOLE = {"auto_padding": (False,), "strides": (1, 2, 2)}


@pytest.mark.parametrize(
    "options, shape",
    [
        ({"auto_padding": (False,)}, (2, 6, 6)),
        ({}, (2, 4, 4)),
        ({"auto_padding": (True, True)}, (2, 4, 4)),
        ({"auto_padding": (False, True)}, (2, 6, 4)),
        ({"auto_padding": (False,), "strides": (2,)}, (2, 9, 9)),
        ({"auto_padding": (False,), "strides": (2, 2, 2)}, (2, 9, 9)),
        (SAME, (2, 7, 7)),
        ({**SAME, "output_shape": (2, 8, 8)}, (2, 8, 8)),
        ({**WHOLE, "output_shape": (2, 10, 10)}, (2, 10, 10)),
    ],
)
def test_shapes_of_a_3x3_kernel(options, shape):
    assert transposed_shape(OPERAND, KERNEL, **options) == shape
    assert transposed_geometry(OPERAND, KERNEL, **options).input_view == shape


@pytest.mark.parametrize(
    "operand, kernel, options, shape",
    [
        (OPERAND, (3, 2, 2, 2), SAME, (2, 7, 7)),
        (OPERAND, (3, 2, 2, 2), WHOLE, (2, 8, 8)),
        (OPERAND, (-1, 2, 3, 3), WHOLE, (2, 9, 9)),
        ((3, 4), (3, 2, 3), {"auto_padding": (False,)}, (2, 6)),
        ((3, -3, 4), KERNEL, SAME, (2, -3, 7)),
        ((1, 3), (1, 1, 1), {"auto_padding": (False,), "strides": (1, 3)}, (1, 7)),
        ((1, 4, 4), (2, 3, 3), {"auto_padding": (False,)}, (2, 6, 6)),
    ],
)
def test_other_kernels_and_unknown_sizes(operand, kernel, options, shape):
    assert transposed_shape(operand, kernel, **options) == shape


def test_a_dilated_window_spreads_further():
    """CNTK 2.7 on the CPU does not compute it."""
    assert transposed_shape(OPERAND, KERNEL, auto_padding=(False,), dilation=(2,)) == (2, 8, 8)


@pytest.mark.parametrize(
    "options",
    [
        {**SAME, "output_shape": (2, 9, 9)},
        {**SAME, "output_shape": (2, 6, 6)},
        {**WHOLE, "output_shape": (2, 8, 8)},
        {**WHOLE, "output_shape": (2, 11, 11)},
    ],
)
def test_an_output_that_would_not_convolve_back_is_refused(options):
    with pytest.raises(ShapeError, match="different than the resulting shape"):
        transposed_shape(OPERAND, KERNEL, **options)


@pytest.mark.parametrize(
    "operand, kernel, options, message",
    [
        (OPERAND, (3, 3, 3), {}, "3 channels meet a kernel for 1"),
        (OPERAND, (2, 2, 3, 3), {}, "3 channels meet a kernel for 2"),
        (OPERAND, (3, -1, 3, 3), {}, "must be known"),
        (OPERAND, KERNEL, {"output_shape": (8, 8)}, "one axis more"),
        (OPERAND, KERNEL, {"output_shape": (3, 4, 4)}, "has 3 channels, the kernel makes 2"),
        ((1, 3), (1, 1, 6), {"strides": (1, 2)}, "kernel dim 6 <= input dim 5"),
    ],
)
def test_shapes_and_options_that_do_not_fit_are_refused(operand, kernel, options, message):
    with pytest.raises(ShapeError, match=message):
        transposed_shape(operand, kernel, **options)
