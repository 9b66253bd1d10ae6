from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Dense

from .shapes import body, shapes


@pytest.mark.parametrize(
    "options, weights, output",
    [
        ({}, (3, 8, 8, 5), (5,)),
        ({"map_rank": 1}, (8, 8, 5), (3, 5)),
        ({"map_rank": 2}, (8, 5), (3, 8, 5)),
        ({"map_rank": 0}, (3, 8, 8, 5), (5,)),
        ({"input_rank": 1}, (8, 5), (3, 8, 5)),
        ({"input_rank": 2}, (8, 8, 5), (3, 5)),
    ],
)
def test_which_axes_are_contracted(options, weights, output):
    layer = Dense(5, **options)(C.input_variable((3, 8, 8)))
    assert shapes(layer.parameters) == {"W": weights, "b": (5,)}
    assert layer.shape == output


def test_an_output_of_more_axes():
    layer = Dense((4, 5))(C.input_variable((2, 3)))
    assert shapes(layer.parameters) == {"W": (2, 3, 4, 5), "b": (4, 5)}
    assert layer.shape == (4, 5)


def test_the_formula():
    x = C.input_variable(3)
    W, b = np.array([[1, 2], [3, 4], [5, 6]], "f"), np.array([0.5, -1], "f")
    layer = Dense(2, init=W, init_bias=b, activation=C.relu)(x)
    data = np.array([[1, 0, 1], [-1, -1, 0]], "f")
    np.testing.assert_array_equal(layer.eval(data), np.maximum(data @ W + b, 0))


def test_without_bias():
    layer = Dense(5, bias=False)(C.input_variable(3))
    assert shapes(layer.parameters) == {"W": (3, 5)}


def test_first_values():
    layer = Dense(2, init=3, init_bias=[1, 2])(C.input_variable(3))
    np.testing.assert_array_equal(layer.W.value, np.full((3, 2), 3))
    np.testing.assert_array_equal(layer.b.value, [1, 2])


@pytest.mark.parametrize("activation", [None, C.layers.identity])
def test_no_activation_is_no_node(activation):
    layer = Dense(2, activation=activation)(C.input_variable(3))
    assert body(layer).root_function.op_name == "Plus"


def test_an_activation_is_the_root_of_the_block():
    layer = Dense(2, activation=C.sigmoid)(C.input_variable(3))
    assert layer.root_function.op_name == "Dense"
    assert body(layer).root_function.op_name == "StableSigmoid"


def test_unapplied_the_input_size_is_open():
    layer = Dense(2)
    assert shapes(layer.parameters) == {"W": (-1, 2), "b": (2,)}
    with pytest.raises(ValueError, match="has unknown dimensions for any of its axes"):
        layer.W.value  # noqa: B018


def test_applied_twice_it_shares_its_parameters():
    layer, x = Dense(2), C.input_variable(3)
    once, again = layer(x), layer(x * 2)
    assert once.W is again.W is layer.W
    assert layer.W.shape == (3, 2)


def test_the_first_application_fixes_the_input_size():
    layer = Dense(2)
    layer(C.input_variable(3))
    assert layer(C.input_variable((5, 3))).shape == (5, 2)
    with pytest.raises(ValueError, match=r"shape '\[3 x 2\]' do not match the left operand"):
        layer(C.input_variable(4))


def test_each_layer_draws_its_own_values():
    x = C.input_variable(3)
    assert (Dense(4)(x).W.value != Dense(4)(x).W.value).any()


@pytest.mark.parametrize(
    "name, title", [("", "Dense"), ("d", "d: Dense")], ids=["unnamed", "named"]
)
def test_prints(name, title):
    x = C.input_variable(3, name="x0")
    layer = Dense(4, name=name)
    assert str(layer) == f"{title}(x: Sequence[tensor]) -> Sequence[tensor]"
    assert str(layer(x)) == f"{title}(x0: Tensor[3]) -> Tensor[4]"
    assert repr(layer(x)).startswith("Composite(Dense): Input('x0', [#], [3]) -> Output('")


@pytest.mark.parametrize(
    "make, error, why",
    [
        (lambda: Dense(5, input_rank=1, map_rank=1), ValueError, "cannot be specified at the same"),
        (lambda: Dense(()), ValueError, "needs at least one axis"),
        (lambda: Dense(None), TypeError, "a shape must be an int or a tuple of ints"),
        (lambda: Dense("a"), TypeError, "a shape must be an int or a tuple of ints"),
        (lambda: Dense(0), ValueError, "invalid shape"),
        (lambda: Dense(2, init=None), ValueError, "init must be"),
        (
            lambda: Dense(5, input_rank=4)(C.input_variable((3, 8, 8))),
            RuntimeError,
            r"rank \(3\) must be >= #axes \(4\) being reduced over",
        ),
        (lambda: Dense(2, init="x"), ValueError, "initializer 'x'"),
        (lambda: Dense(2, activation=5)(C.input_variable(3)), TypeError, "function of one argument"),
        (
            lambda: Dense(2, init=np.ones((4, 2), "f"))(C.input_variable(3)),
            ValueError,
            r"shape '\[4 x 2\]' do not match",
        ),
    ],
)
def test_refusals(make, error, why):
    with pytest.raises(error, match=why):
        make()
