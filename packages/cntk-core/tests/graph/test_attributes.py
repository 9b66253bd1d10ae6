"""What may be changed after a Function is built."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def dropped(rate: float = 0.3):
    return C.dropout(C.input_variable(3, needs_gradient=True), rate)


@pytest.mark.parametrize("value", [1, 1.5, -0.1, "a", None, float("nan")])
def test_a_dropout_rate_is_checked_when_it_is_set(value):
    f = dropped()
    with pytest.raises(RuntimeError, match="dropoutRate is a number"):
        f.set_attribute("dropoutRate", value)
    assert f.root_function.attributes["dropoutRate"] == 0.3


@pytest.mark.parametrize("value", [1.5, "a", None, 2**64])
def test_a_seed_is_checked_when_it_is_set(value):
    with pytest.raises(RuntimeError, match="rngSeed is an integer"):
        dropped().set_attribute("rngSeed", value)


@pytest.mark.parametrize("seed, stored", [(5, 5), (np.int64(7), 7), (-5, 2**64 - 5)])
def test_a_seed_is_kept_as_64_bits_without_sign(seed, stored):
    f = dropped()
    f.set_attribute("rngSeed", seed)
    assert f.root_function.attributes["rngSeed"] == stored
    f.grad({f.arguments[0]: [[1, 2, 3]]}, wrt=f.arguments)


def test_an_unknown_attribute_is_refused():
    with pytest.raises(RuntimeError, match="'foo' is not supported"):
        dropped().set_attribute("foo", 1)


def test_the_attribute_of_the_root_alone():
    below = dropped()
    above = C.dropout(below, 0.4)
    above.set_attribute("dropoutRate", 0.1)
    assert above.root_function.attributes["dropoutRate"] == 0.1
    assert below.root_function.attributes["dropoutRate"] == 0.3


def test_the_attributes_of_all_parts_where_the_root_has_none():
    first = dropped()
    second = C.dropout(first, 0.4)
    C.relu(second).set_attribute("dropoutRate", 0.1)
    rates = [f.root_function.attributes["dropoutRate"] for f in (first, second)]
    assert rates == [0.1, 0.1]
