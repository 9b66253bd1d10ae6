from __future__ import annotations

import numpy as np
import pytest

import cntk as C
import cntk.layers
from cntk.layers import (
    ConvolutionTranspose,
    ConvolutionTranspose1D,
    ConvolutionTranspose2D,
    ConvolutionTranspose3D,
)

from ..shapes import shapes

image = C.input_variable((3, 8, 8), name="image")


@pytest.mark.parametrize(
    "options, output",
    [
        ({}, (4, 10, 10)),
        ({"strides": 2}, (4, 17, 17)),
        ({"strides": (2, 1)}, (4, 17, 10)),
        ({"strides": 2, "pad": True}, (4, 15, 15)),
        ({"strides": 2, "pad": True, "output_shape": (16, 16)}, (4, 16, 16)),
    ],
)
def test_shapes(options, output):
    layer = ConvolutionTranspose((3, 3), 4, **options)(image)
    assert shapes(layer.parameters) == {"W": (3, 4, 3, 3), "b": (4, 1, 1)}
    assert layer.shape == output


def test_without_bias():
    layer = ConvolutionTranspose((3, 3), 4, bias=False)(image)
    assert shapes(layer.parameters) == {"W": (3, 4, 3, 3)}


def test_the_numbers():
    x = C.input_variable((1, 1, 2))
    layer = ConvolutionTranspose((1, 2), 1, init=1, init_bias=1, activation=C.negate)(x)
    np.testing.assert_array_equal(layer.eval(np.array([[[[1, 2]]]], "f")), [[[[-2, -4, -3]]]])


@pytest.mark.parametrize(
    "layer, input_shape, weights, output",
    [
        (ConvolutionTranspose1D, (3, 8), (3, 4, 2), (4, 9)),
        (ConvolutionTranspose2D, (3, 8, 8), (3, 4, 2, 2), (4, 9, 9)),
        (ConvolutionTranspose3D, (3, 4, 5, 6), (3, 4, 2, 2, 2), (4, 5, 6, 7)),
    ],
)
def test_a_number_serves_all_axes(layer, input_shape, weights, output):
    function = layer(2, 4)(C.input_variable(input_shape))
    assert function.W.shape == weights
    assert function.shape == output


def test_prints():
    text = "c: ConvolutionTranspose(image: Tensor[3,8,8]) -> Tensor[4,10,10]"
    assert str(ConvolutionTranspose2D(3, 4, name="c")(image)) == text


def test_applied_twice_it_shares_its_parameters():
    layer = ConvolutionTranspose2D(3, 4)
    assert layer(image).W is layer(image * 2).W


@pytest.mark.parametrize(
    "make, error, why",
    [
        (lambda: ConvolutionTranspose((3, 3)), TypeError, "num_filters"),
        (lambda: ConvolutionTranspose((3, 3), 4, strides=(1, 2, 3)), ValueError, "strides"),
        (lambda: ConvolutionTranspose((3, 3), 4, output_shape=(1, 2, 3)), ValueError, "output_sh"),
        (lambda: ConvolutionTranspose((3, 3), 4, sharing=False), NotImplementedError, "sharing"),
        (lambda: ConvolutionTranspose((3, 3), 4, reduction_rank=0), NotImplementedError, "reducti"),
        (lambda: ConvolutionTranspose((3, 3), (4, 5)), NotImplementedError, "num_filters"),
        (lambda: ConvolutionTranspose1D((3, 3), 4), ValueError, "1D: filter_shape must be a scal"),
    ],
)
def test_refusals(make, error, why):
    with pytest.raises(error, match=why):
        make()


def test_its_older_name():
    with pytest.warns(DeprecationWarning, match=r"use ConvolutionTranspose\(\) instead") as told:
        layer = cntk.layers.Deconvolution((3, 3), 16, strides=2)
    assert len(told) == 1
    assert layer(C.input_variable((3, 8, 8))).shape == (16, 17, 17)
