"""``Convolution(..., sequential=True)``: what its filters see of a sequence."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Convolution
from cntk.layers._convolution.filter_frames import FilterFrames

from ..gradients import assert_right_gradients
from ..sequences import some_sequences
from ..shapes import shapes

x = C.sequence.input_variable(2, name="x", dtype=np.float64, needs_gradient=True)
image = C.sequence.input_variable((2, 5), name="image", dtype=np.float64)
scalar = C.sequence.input_variable((), name="scalar", dtype=np.float64)
batch = C.input_variable(2, name="batch", dtype=np.float64)
LENGTHS = (5, 4)
DATA = some_sequences(2, LENGTHS)


def layer(filter_shape, *args, on=x, **options):
    with C.default_options(dtype=np.float64):
        return Convolution(filter_shape, *args, sequential=True, **options)(on)


def convolved(frames, W, pad, dilation=1):
    """Return what filters (number, channels, size) give along a sequence (time, channels)."""
    span = (W.shape[2] - 1) * dilation
    before = span // 2
    if pad:
        frames = np.pad(frames, ((before, span - before), (0, 0)))
    return np.array(
        [
            np.einsum("kcs,sc->k", W, frames[t : t + span + 1 : dilation])
            for t in range(len(frames) - span)
        ]
    )


@pytest.mark.parametrize("pad", [True, False])
@pytest.mark.parametrize("size, dilation", [(1, 1), (2, 1), (3, 1), (4, 1), (2, 2)])
def test_the_numbers(size, dilation, pad):
    function = layer(size, 3, pad=pad, dilation=dilation, init_bias=0.5)
    found = function.eval(DATA)
    for values, frames in zip(found, DATA, strict=True):
        expected = convolved(frames, function.W.value, pad, dilation) + 0.5
        np.testing.assert_allclose(values, expected, 1e-12)


def test_other_axes_are_convolved_as_usual():
    function = layer((3, 2), 4, pad=(True, False), strides=(1, 3), on=image)
    assert (shapes(function.parameters), function.shape) == (
        {"W": (4, 2, 3, 2), "b": (4, 1, 1)},
        (4, 2),
    )
    frames = np.random.default_rng(1).uniform(-1, 1, (4, 2, 5))
    (found,) = function.eval([frames])
    padded = np.pad(frames, ((1, 1), (0, 0), (0, 0)))
    for t, position in np.ndindex(4, 2):
        seen = padded[t : t + 3, :, 3 * position : 3 * position + 2]  # [3, channels, 2]
        expected = np.einsum("kcsp,scp->k", function.W.value, seen)
        np.testing.assert_allclose(found[t, :, position], expected, 1e-12)


@pytest.mark.parametrize(
    "on, args, options, shape",
    [
        (x, (3, 4), {}, (4,)),
        (x, (3,), {}, ()),
        (image, ((3, 2),), {"pad": True}, (5,)),
        (scalar, (3, 2), {"reduction_rank": 0}, (2,)),
        (batch, (1, 4), {}, (4,)),
    ],
)
def test_shapes(on, args, options, shape):
    assert layer(*args, on=on, **options).shape == shape


def test_frames_without_channels():
    function = layer(3, 2, pad=True, reduction_rank=0, init=1, on=scalar)
    (found,) = function.eval([np.array([1.0, 2, 4])])
    np.testing.assert_allclose(found, [[3, 3], [7, 7], [6, 6]])


def test_the_sequence_axis():
    assert layer(3, 4, pad=True).dynamic_axes == x.dynamic_axes
    assert layer(3, 4, pad=False).dynamic_axes[1].name == "defaultDynamicAxis_times_1_minus_2"


def test_gradients():
    function = layer(3, 2, pad=True, activation=C.tanh)
    assert_right_gradients(function, {x: DATA}, [x, *function.parameters])


def test_strides_over_time_are_refused():
    with pytest.raises(NotImplementedError, match="windowed convolution with stride .* not 2"):
        layer((3, 2), 4, strides=(2, 1), on=image)


def test_filters_need_an_axis_for_the_sequence():
    with pytest.raises(ValueError, match=r"filter_shape \(\) has no axis for the sequence"):
        layer((), 4)


def test_a_dilation_is_positive():
    with pytest.raises(ValueError, match="dilation over the sequence must be 1 or more: 0"):
        layer(2, 4, dilation=0)


def test_only_sequences_have_frames():
    with pytest.raises(RuntimeError, match="#dynamic axes != 2"):
        layer(3, 4, on=batch)


@pytest.mark.parametrize(
    "size, dilation, offsets", [(1, 1, [0]), (2, 1, [0, 1]), (3, 1, [-1, 0, 1]), (3, 2, [-2, 0, 2])]
)
def test_which_frames_a_filter_sees(size, dilation, offsets):
    assert list(FilterFrames(size, 1, dilation, True).offsets) == offsets
