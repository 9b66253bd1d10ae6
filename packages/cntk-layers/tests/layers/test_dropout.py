from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Dropout

from .shapes import body

DATA = np.ones((1, 1000), "f")


def in_training(function, x):
    _, values = function.forward({x: DATA}, keep_for_backward={function.output})
    return values[function.output][0]


@pytest.mark.parametrize("options", [{"dropout_rate": 0.25}, {"keep_prob": 0.75}])
def test_elements_are_dropped_in_training_only(options):
    x = C.input_variable(1000, needs_gradient=True)
    layer = Dropout(seed=1, **options)(x)
    found = in_training(layer, x)
    assert set(np.unique(found)) == {0.0, np.float32(1 / 0.75)}
    assert 0.2 < (found == 0).mean() < 0.3
    np.testing.assert_array_equal(layer.eval(DATA), DATA)


def test_the_seed_decides():
    x = C.input_variable(1000, needs_gradient=True)
    first, second, third = (in_training(Dropout(0.5, seed=s)(x), x) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != third).any()


def test_attributes():
    layer = Dropout(0.3, seed=5)(C.input_variable(3))
    expected = {"dropoutRate": 0.3, "rngSeed": 5, "rngOffset": 0}
    assert body(layer).root_function.attributes == expected


def test_prints():
    text = "d: Dropout(x0: Tensor[3]) -> Tensor[3]"
    assert str(Dropout(0.3, name="d")(C.input_variable(3, name="x0"))) == text


@pytest.mark.parametrize(
    "options, why",
    [
        ({}, "either dropout_rate or keep_prob must be specified"),
        ({"dropout_rate": 0.5, "keep_prob": 0.5}, "cannot be specified together"),
        ({"keep_prob": 1}, r"keep_prob must be in the interval \[0,1\)"),
        ({"keep_prob": -0.1}, r"keep_prob must be in the interval \[0,1\)"),
        ({"keep_prob": 0}, r"dropout_rate must be in the interval \[0,1\)"),
        ({"dropout_rate": 1.0}, r"dropout_rate must be in the interval \[0,1\)"),
        ({"dropout_rate": -0.1}, r"dropout_rate must be in the interval \[0,1\)"),
        ({"dropout_rate": "a"}, "dropout_rate"),
    ],
)
def test_refusals(options, why):
    with pytest.raises(ValueError, match=why):
        Dropout(**options)(C.input_variable(3))


def test_a_negative_seed():
    with pytest.raises(OverflowError, match="random seed"):
        Dropout(0.3, seed=-1)
