from __future__ import annotations

import pytest

import cntk as C
from cntk.layers import Convolution1D, Convolution2D, Convolution3D

from ..shapes import body, shapes


@pytest.mark.parametrize(
    "layer, filter_shape, input_shape, weights, output",
    [
        (Convolution1D, 3, (2, 8), (4, 2, 3), (4, 6)),
        (Convolution1D, (3,), (2, 8), (4, 2, 3), (4, 6)),
        (Convolution2D, 3, (2, 8, 7), (4, 2, 3, 3), (4, 6, 5)),
        (Convolution2D, (3,), (2, 8, 7), (4, 2, 3, 3), (4, 6, 5)),
        (Convolution2D, (3, 2), (2, 8, 7), (4, 2, 3, 2), (4, 6, 6)),
        (Convolution3D, 2, (2, 4, 5, 6), (4, 2, 2, 2, 2), (4, 3, 4, 5)),
        (Convolution3D, (2, 1, 3), (2, 4, 5, 6), (4, 2, 2, 1, 3), (4, 3, 5, 4)),
    ],
)
def test_a_number_serves_all_axes(layer, filter_shape, input_shape, weights, output):
    function = layer(filter_shape, 4)(C.input_variable(input_shape))
    assert shapes(function.parameters) == {"W": weights, "b": (4, *(1,) * (len(output) - 1))}
    assert function.shape == output
    assert function.root_function.op_name == "Convolution"


@pytest.mark.parametrize(
    "layer, filter_shape",
    [(Convolution1D, (3, 3)), (Convolution2D, (3, 3, 3)), (Convolution3D, (2, 2))],
)
def test_a_filter_of_another_rank(layer, filter_shape):
    with pytest.raises(ValueError, match=f"{layer.__name__}: filter_shape must be a scalar"):
        layer(filter_shape, 4)


@pytest.mark.parametrize("layer, rank", [(Convolution1D, 1), (Convolution2D, 2)])
def test_options_reach_the_convolution(layer, rank):
    x = C.input_variable((1, *(5,) * rank))
    with C.default_options_for(layer, activation=C.relu, pad=True, bias=False):
        function = layer(3, 2)(x)
    assert shapes(function.parameters) == {"W": (2, 1, *(3,) * rank)}
    assert function.shape == (2, *(5,) * rank)
    assert body(function).root_function.op_name == "ReLU"
