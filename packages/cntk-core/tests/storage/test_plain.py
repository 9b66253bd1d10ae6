"""Values of scripts and the types they are stored as."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.storage import Dictionary, Double, Float, Int, Shape, SizeT, from_python, to_python

from .samples import typed


def test_python_values_get_the_types_of_the_original():
    array = np.ones(2, np.float32)
    state = {"n": 3, "rate": 0.5, "on": True, "text": "a", "list": [1, 2.0], "none": None}
    assert typed(from_python({**state, "array": array})) == typed(
        Dictionary(
            n=Int(3),
            rate=Double(0.5),
            on=True,
            text="a",
            list=[Int(1), Double(2.0)],
            none=None,
            array=array,
        )
    )
    assert to_python(from_python(state)) == state


def test_large_integers_become_sizes():
    assert typed(from_python(2**31)) == typed(SizeT(2**31))
    assert typed(from_python(2**31 - 1)) == typed(Int(2**31 - 1))
    for value in (2**64, -(2**31) - 1):
        with pytest.raises(ValueError):
            from_python(value)


def test_scalars_of_numpy_and_tuples_are_taken():
    values = (np.int64(3), np.float32(0.5), np.bool_(True))
    assert typed(from_python(values)) == typed([Int(3), Double(0.5), True])


def test_typed_values_stay():
    values = [SizeT(1), Float(0.1), Shape((2,))]
    assert typed(from_python(values)) == typed(values)


def test_what_has_no_type_is_refused():
    with pytest.raises(TypeError, match="a value of type set cannot be saved"):
        from_python({"a": [{1}]})
    with pytest.raises(TypeError, match="the key 1 cannot be saved"):
        from_python({1: "a"})


def test_to_python_gives_plain_classes():
    values = to_python([SizeT(1), Int(2), Float(0.5), Double(1.0), Shape((3, 2))])
    assert [type(value) for value in values] == [int, int, float, float, tuple]
    assert values == [1, 2, 0.5, 1.0, (2, 3)]
