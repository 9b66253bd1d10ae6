"""``default_options`` and layers: which value of an option a layer takes."""

from __future__ import annotations

import pytest

import cntk as C
from cntk import default_options, default_options_for
from cntk.layers import Convolution, Convolution1D, Convolution2D, Convolution3D, Dense

from .shapes import body

x = C.input_variable(3)
image = C.input_variable((2, 6, 6))


def activation_of(layer):
    return body(layer).root_function.op_name


def test_an_option_holds_for_all_layers():
    with default_options(activation=C.relu, pad=True, bias=False):
        dense, convolution = Dense(4)(x), Convolution2D(3, 4)(image)
    assert activation_of(dense) == activation_of(convolution) == "ReLU"
    assert len(dense.parameters) == len(convolution.parameters) == 1
    assert convolution.shape == (4, 6, 6)
    assert Convolution2D(3, 4)(image).shape == (4, 4, 4)


def test_what_is_given_counts():
    with default_options(activation=C.relu, bias=False):
        layer = Dense(4, activation=C.tanh, bias=True)(x)
        without = Dense(4, activation=None)(x)
    assert activation_of(layer) == "Tanh"
    assert len(layer.parameters) == 2
    assert activation_of(without) == "Times"


def test_the_inner_option_counts():
    with default_options(activation=C.relu, bias=False), default_options(activation=C.tanh):
        layer = Dense(4)(x)
    assert activation_of(layer) == "Tanh"
    assert len(layer.parameters) == 1


def test_options_for_some_layers():
    with default_options_for(Dense, activation=C.relu):
        assert activation_of(Dense(4)(x)) == "ReLU"
        assert activation_of(Convolution2D(3, 4)(image)) == "Plus"
    with default_options_for([Dense, Convolution2D], activation=C.relu):
        assert activation_of(Convolution2D(3, 4)(image)) == "ReLU"


@pytest.mark.parametrize(
    "layer, shape",
    [(Convolution1D, (2, 6)), (Convolution2D, (2, 6, 6)), (Convolution3D, (2, 6, 6, 6))],
)
def test_each_layer_is_a_scope_of_its_own(layer, shape):
    """``Convolution2D`` passes on what it found: options for ``Convolution`` do not reach it."""
    inputs = C.input_variable(shape)
    with default_options_for(Convolution, activation=C.relu):
        assert activation_of(layer(3, 4)(inputs)) == "Plus"
    with default_options_for(layer, activation=C.relu):
        assert activation_of(layer(3, 4)(inputs)) == "ReLU"


def test_options_are_looked_up_when_a_layer_is_made():
    with default_options(activation=C.relu):
        layer = Dense(4)
    assert activation_of(layer(x)) == "ReLU"


def test_first_values_are_options():
    with default_options(init=2, init_bias=3):
        layer = Dense(2)(x)
    assert layer.W.value.tolist() == [[2, 2]] * 3
    assert layer.b.value.tolist() == [3, 3]


def test_the_element_type_is_an_option():
    with default_options(dtype="float64"):
        layer = Dense(2)(C.input_variable(3))
    assert {p.dtype.__name__ for p in layer.parameters} == {"float64"}


def test_names_that_no_layer_has_are_without_effect():
    with default_options(colour="red"):
        assert activation_of(Dense(4)(x)) == "Plus"
