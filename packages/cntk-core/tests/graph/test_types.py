from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.types import VariableType, type_of

BATCH = C.Axis.default_batch_axis()


@pytest.mark.parametrize(
    "given, text",
    [
        (3, "Tensor[3]"),
        ((2, 3), "Tensor[2,3]"),
        (float, "float"),
        (np.float64, "np.float64"),
        (C.parameter((2, 3)), "ParameterTensor[2,3]"),
        (VariableType(shape=(2,), dynamic_axes=[BATCH]), "Tensor[2]"),
    ],
)
def test_what_users_write_for_a_type(given, text):
    assert str(VariableType.of(given)) == text


@pytest.mark.parametrize("given", ["a", None, 2.5, ("a",), object])
def test_what_is_no_type(given):
    with pytest.raises(TypeError, match="is no type of a variable"):
        VariableType.of(given)


def test_what_a_type_accepts():
    x = C.input_variable((2, 3))
    assert VariableType.of((2, 3)).accepts(x)
    assert not VariableType.of(3).accepts(x)
    assert not VariableType.of(np.float64).accepts(C.input_variable(()))
    assert type_of(x).accepts(C.input_variable((2, 3)))
    assert not type_of(x).accepts(C.input_variable((2, 3), dynamic_axes=[]))


def test_a_type_without_a_shape_makes_a_placeholder():
    assert VariableType(dynamic_axes=[BATCH]).input_variable("q").is_placeholder
