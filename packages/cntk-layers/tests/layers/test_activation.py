from __future__ import annotations

import pytest

import cntk as C
from cntk.layers import Activation


def test_an_activation():
    layer = Activation(C.relu, name="a")
    assert str(layer) == "a: Activation(x: Sequence[tensor]) -> Sequence[tensor]"
    assert layer(C.input_variable(2)).eval([[-1, 2]]).tolist() == [[0, 2]]


def test_the_default_activation_is_that_of_the_options():
    with C.default_options(activation=C.negate):
        layer = Activation()
    assert layer(C.input_variable(2)).eval([[-1, 2]]).tolist() == [[1, -2]]


@pytest.mark.parametrize("activation", [None, C.layers.identity])
def test_no_activation(activation):
    layer = Activation(activation)(C.input_variable(2))
    assert layer.eval([[-1, 2]]).tolist() == [[-1, 2]]


def test_what_is_no_function():
    with pytest.raises(TypeError, match="function of one argument"):
        Activation(5)
