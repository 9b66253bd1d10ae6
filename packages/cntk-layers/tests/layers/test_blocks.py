from __future__ import annotations

import numpy as np
import pytest

import cntk as C
import cntk.layers.blocks
from cntk.layers import ForwardDeclaration, UntestedBranchError


@pytest.mark.parametrize("name", ["GRU", "LSTM", "RNNStep", "RNNUnit", "Stabilizer", "identity"])
def test_the_path_of_the_original(name):
    assert getattr(cntk.layers.blocks, name) is getattr(cntk.layers, name)


def test_a_forward_declaration_is_replaced():
    later = ForwardDeclaration("later")
    assert (later.name, later.is_placeholder) == ("later", True)
    f = C.sequence.past_value(later) + C.sequence.input_variable(1, name="x")
    later.resolve_to(f)
    assert f.placeholders == ()
    assert [a.name for a in f.arguments] == ["x"]
    np.testing.assert_array_equal(f.eval([np.array([[1], [2], [3]], "f")])[0], [[1], [3], [6]])


@pytest.mark.parametrize("closed_by", [C.alias, lambda f: f.output])
def test_what_closes_a_loop(closed_by):
    later = ForwardDeclaration()
    f = closed_by(C.sequence.past_value(later) + C.sequence.input_variable(1))
    later.resolve_to(f)
    assert C.combine([f]).placeholders == ()


def test_an_input_closes_no_loop():
    with pytest.raises(RuntimeError, match="not an output variable"):
        ForwardDeclaration().resolve_to(C.input_variable(1))


def test_the_error_of_untested_branches():
    error = UntestedBranchError("this one")
    assert isinstance(error, NotImplementedError)
    assert str(error) == "Untested code branch: this one"
