from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import (
    AveragePooling,
    GlobalAveragePooling,
    GlobalMaxPooling,
    MaxPooling,
    MaxUnpooling,
)

image = C.input_variable((3, 8, 8), name="image")


@pytest.mark.parametrize("layer", [MaxPooling, AveragePooling])
@pytest.mark.parametrize(
    "options, output",
    [
        ({}, (3, 6, 6)),
        ({"strides": 2}, (3, 3, 3)),
        ({"strides": (2, 1)}, (3, 3, 6)),
        ({"pad": True}, (3, 8, 8)),
        ({"strides": 2, "pad": (True, False)}, (3, 4, 3)),
    ],
)
def test_shapes(layer, options, output):
    function = layer((3, 3), **options)(image)
    assert function.shape == output
    assert function.parameters == ()


@pytest.mark.parametrize(
    "layer, expected",
    [
        (MaxPooling((2, 2), 2), [[5, 7], [13, 15]]),
        (AveragePooling((2, 2), 2), [[2.5, 4.5], [10.5, 12.5]]),
        (GlobalMaxPooling(), [[15]]),
        (GlobalAveragePooling(), [[7.5]]),
    ],
)
def test_numbers(layer, expected):
    function = layer(C.input_variable((1, 4, 4)))
    data = np.arange(16, dtype="f").reshape(1, 1, 4, 4)
    np.testing.assert_array_equal(function.eval(data), [[expected]])


@pytest.mark.parametrize("layer", [GlobalMaxPooling, GlobalAveragePooling])
def test_global_pooling_keeps_channels(layer):
    assert layer()(image).shape == (3, 1, 1)


def test_unpooling_puts_values_back():
    x = C.input_variable((1, 2, 2), name="x")
    pooled = MaxPooling((2, 2), 2)(x)
    back = MaxUnpooling((2, 2), 2)(pooled, x)
    data = np.array([[[[1, 4], [3, 2]]]], "f")
    np.testing.assert_array_equal(back.eval(data), [[[[0, 4], [0, 0]]]])


@pytest.mark.parametrize(
    "layer, text",
    [
        (MaxPooling((2, 2), name="p"), "p: MaxPooling(image: Tensor[3,8,8]) -> Tensor[3,7,7]"),
        (AveragePooling((2, 2)), "AveragePooling(image: Tensor[3,8,8]) -> Tensor[3,7,7]"),
        (GlobalMaxPooling(name="g"), "g: GlobalMaxPooling(image: Tensor[3,8,8]) -> Tensor[3,1,1]"),
        (GlobalAveragePooling(), "GlobalAveragePooling(image: Tensor[3,8,8]) -> Tensor[3,1,1]"),
    ],
)
def test_prints(layer, text):
    assert str(layer(image)) == text


@pytest.mark.parametrize("layer", [MaxPooling, AveragePooling, MaxUnpooling])
def test_a_window_is_a_tuple(layer):
    with pytest.raises(TypeError, match=f"{layer.__name__}: filter_shape must be a tuple, not 3"):
        layer(3)


@pytest.mark.parametrize("layer", [MaxPooling, AveragePooling])
def test_refusals(layer):
    with pytest.raises(ValueError, match=r"strides .* same number"):
        layer((3, 3), strides=(1, 2, 3))
    with pytest.raises(ValueError, match="kernel dim 9 <= input dim 8"):
        layer((9, 9))(image)
    with pytest.raises(ValueError, match="rank 2"):
        layer((2, 2))(C.input_variable(3))


def test_unpooling_what_was_not_pooled():
    pooled = MaxPooling((2, 2), 2)(image)
    with pytest.raises(RuntimeError, match="Unpooling: The shape"):
        MaxUnpooling((3, 3), 2)(pooled, image)
    with pytest.raises(TypeError, match="expected 2 arguments, got 1"):
        MaxUnpooling((2, 2), 2)(pooled)
