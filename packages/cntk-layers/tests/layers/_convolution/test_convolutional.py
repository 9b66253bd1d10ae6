from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Convolution

from ..shapes import body, shapes

image = C.input_variable((3, 8, 8), name="image")
plane = C.input_variable((8, 8), name="plane")


@pytest.mark.parametrize(
    "options, output",
    [
        ({}, (4, 6, 6)),
        ({"pad": True}, (4, 8, 8)),
        ({"pad": (True, False)}, (4, 8, 6)),
        ({"strides": 2}, (4, 3, 3)),
        ({"strides": (1, 2)}, (4, 6, 3)),
        ({"dilation": 2}, (4, 4, 4)),
        ({"pad": [True], "strides": (2,)}, (4, 4, 4)),
        ({"strides": np.array([1, 2])}, (4, 6, 3)),
        ({"strides": 4 / 2}, (4, 3, 3)),
    ],
)
def test_shapes(options, output):
    layer = Convolution((3, 3), 4, **options)(image)
    assert shapes(layer.parameters) == {"W": (4, 3, 3, 3), "b": (4, 1, 1)}
    assert layer.shape == output


def test_without_bias():
    assert shapes(Convolution((3, 3), 4, bias=False)(image).parameters) == {"W": (4, 3, 3, 3)}


def test_a_number_of_filters_that_numpy_computed():
    assert Convolution((3, 3), np.int32(4))(image).shape == (4, 6, 6)


@pytest.mark.parametrize("num_filters", [None, ()])
def test_no_number_of_filters_means_no_channel_axis(num_filters):
    layer = Convolution((3, 3), num_filters)(image)
    assert shapes(layer.parameters) == {"W": (1, 3, 3, 3), "b": (1, 1, 1)}
    assert layer.shape == (6, 6)


@pytest.mark.parametrize(
    "num_filters, weights, output", [(4, (4, 1, 3, 3), (4, 6, 6)), (None, (1, 1, 3, 3), (6, 6))]
)
def test_an_input_without_channels(num_filters, weights, output):
    layer = Convolution((3, 3), num_filters, reduction_rank=0)(plane)
    assert layer.W.shape == weights
    assert layer.shape == output


def test_one_axis():
    layer = Convolution(3, 4)(C.input_variable((2, 8)))
    assert shapes(layer.parameters) == {"W": (4, 2, 3), "b": (4, 1)}
    assert layer.shape == (4, 6)


def test_the_numbers():
    x = C.input_variable((1, 3, 3))
    layer = Convolution((2, 2), 1, init=1, init_bias=10, activation=C.negate)(x)
    data = np.arange(9, dtype="f").reshape(1, 1, 3, 3)
    np.testing.assert_array_equal(layer.eval(data), [[[[-18, -22], [-30, -34]]]])


@pytest.mark.parametrize("filters, shape", [(2, (2, 3, 3)), (None, (3, 3))])
def test_an_array_as_first_value(filters, shape):
    values = np.arange(np.prod(shape), dtype="f").reshape(shape)
    layer = Convolution((3, 3), filters, init=values, reduction_rank=0)(plane)
    np.testing.assert_array_equal(layer.W.value.reshape(shape), values)


def test_applied_twice_it_shares_its_parameters():
    layer = Convolution((3, 3), 4)
    assert layer(image).W is layer(image * 2).W
    with pytest.raises(ValueError):
        layer(C.input_variable((5, 8, 8)))


def test_prints():
    layer = Convolution((3, 3), 4, name="c")
    assert str(layer) == "c: Convolution(x: Sequence[tensor]) -> Sequence[tensor]"
    assert str(layer(image)) == "c: Convolution(image: Tensor[3,8,8]) -> Tensor[4,6,6]"


def test_the_activation_is_the_root_of_the_block():
    layer = Convolution((3, 3), 4, activation=C.relu)(image)
    assert body(layer).root_function.op_name == "ReLU"


@pytest.mark.parametrize(
    "make, error, why",
    [
        (lambda: Convolution((3, 3), (4, 5)), ValueError, "num_filters must be a number"),
        (lambda: Convolution((3, 3), 0), ValueError, "invalid shape"),
        (lambda: Convolution((3, 3), 4, strides=(1, 2, 3)), ValueError, r"strides .* same number"),
        (lambda: Convolution((3, 3), 4, pad=(True,) * 3), ValueError, r"pad .* same number"),
        (lambda: Convolution((3, 3), 4, dilation=(1,) * 3), ValueError, r"dilation .* same number"),
        (lambda: Convolution((3, 3), 4, groups=2), ValueError, "use the operator C.convolution"),
        (lambda: Convolution((3, 3), 4, sharing=False), NotImplementedError, "sharing"),
        (lambda: Convolution((3, 3), 4, transpose_weight=True), NotImplementedError, "transpose_w"),
        (lambda: Convolution((3, 3), 4, reduction_rank=2), NotImplementedError, "reduction_rank"),
        (
            lambda: Convolution((3, 3), 4, init=np.ones((4, 3, 3), "f")),
            ValueError,
            "without a reduction axis",
        ),
        (
            lambda: Convolution((3, 3), 4, init=np.ones((3, 3), "f"), reduction_rank=0),
            ValueError,
            r"wrong shape \(3, 3\); expected \(4, 3, 3\)",
        ),
        (lambda: Convolution((9, 9), 4)(image), ValueError, "kernel dim 9 <= input dim 8"),
        (lambda: Convolution((3, 3), 4)(C.input_variable(3)), ValueError, "axis more"),
    ],
)
def test_refusals(make, error, why):
    with pytest.raises(error, match=why):
        make()
