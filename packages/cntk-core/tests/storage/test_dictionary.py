"""The types of values: what they hold, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cntk.storage import Dictionary, Double, Float, Int, ModelFileError, Shape, SizeT, StoredAxis


@pytest.mark.parametrize("value", [-(2**31), -1, 0, 2**31 - 1])
def test_int_holds_32_bits(value):
    assert Int(value) == value


@pytest.mark.parametrize(
    "make",
    [
        lambda: Int(2**31),
        lambda: Int(-(2**31) - 1),
        lambda: SizeT(-1),
        lambda: SizeT(2**64),
        lambda: Float(1e39),
        lambda: Shape([-1]),
        lambda: Shape([2**63]),
        lambda: Shape([1] * 65),
        lambda: StoredAxis(2**31),
    ],
)
def test_values_beyond_their_type_are_refused(make):
    with pytest.raises(ValueError):
        make()


def test_integers_are_not_rounded_into_their_type():
    with pytest.raises(TypeError):
        SizeT(2.5)


def test_float_is_rounded_when_made():
    assert Float(0.1) == float(np.float32(0.1)) != 0.1
    assert math.isinf(Float(math.inf)) and math.isnan(Float(math.nan))


def test_shapes_turn_around_and_keep_special_dimensions():
    assert Shape.from_python((3, -1, -3)) == (2**64 - 3, 2**64 - 1, 3)
    assert Shape.from_python((-2,)).to_python() == (-2,)
    assert Shape((2, 3)).to_python() == (3, 2)


def test_require_takes_exactly_one_type():
    function = Dictionary(op=SizeT(31), shift=Int(1))
    assert function.require("op", SizeT) == 31
    assert function.optional("shift", Int, Int(0)) == 1
    assert function.optional("rate", Double, Double(0.5)) == 0.5
    with pytest.raises(ModelFileError) as raised:
        function.require("op", Int, "function 'Times6'")
    assert str(raised.value) == (
        "key 'op' of function 'Times6' has the wrong type\n  expected Int\n  actual   SizeT\n"
        "  try: save the model again; the types of the format are exact"
    )


def test_require_names_the_missing_key():
    with pytest.raises(ModelFileError) as raised:
        Dictionary(b=None, a=None).require("uid", str)
    assert str(raised.value).startswith(
        "dictionary has no key 'uid'\n  expected a value of type String\n  actual   keys a, b\n"
    )
