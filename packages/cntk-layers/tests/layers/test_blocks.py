from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import ForwardDeclaration, Stabilizer, UntestedBranchError, identity

from .shapes import shapes


def test_identity_of_a_variable():
    x = C.input_variable(3, name="x0")
    assert identity(x).outputs == (x,)
    assert str(identity) == "Combine(keep: Sequence[tensor]) -> Sequence[tensor]"
    assert str(identity(x)) == "Combine(x0: Tensor[3]) -> Tensor[3]"


def test_identity_of_a_function():
    f = C.input_variable(3) * 2
    assert identity(f).eval([[1, 2, 3]]).tolist() == [[2, 4, 6]]


def test_identity_takes_one_argument():
    x = C.input_variable(3)
    with pytest.raises(TypeError, match="expected 1 arguments, got 2"):
        identity(x, x)


def test_a_stabilizer_starts_as_a_factor_of_1():
    x = C.input_variable(2)
    layer = Stabilizer()(x)
    assert shapes(layer.parameters) == {"alpha": ()}
    np.testing.assert_allclose(layer.alpha.value, 0.9953796, rtol=1e-5)
    np.testing.assert_allclose(layer.eval([[1, -2]]), [[1, -2]], rtol=1e-5)


@pytest.mark.parametrize("steepness, alpha", [(1, 0.5413249), (2, 0.9272866)])
def test_the_steepness_of_a_stabilizer(steepness, alpha):
    layer = Stabilizer(steepness=steepness)(C.input_variable(2))
    np.testing.assert_allclose(layer.alpha.value, alpha, rtol=1e-5)
    np.testing.assert_allclose(layer.eval([[1, -2]]), [[1, -2]], rtol=1e-5)


def test_a_stabilizer_that_is_switched_off():
    assert Stabilizer(enable_self_stabilization=False) is identity
    with C.default_options(enable_self_stabilization=False):
        assert Stabilizer() is identity


def test_a_forward_declaration_is_replaced():
    later = ForwardDeclaration("later")
    assert (later.name, later.is_placeholder) == ("later", True)
    f = C.sequence.past_value(later) + C.sequence.input_variable(1, name="x")
    later.resolve_to(f)
    assert f.placeholders == ()
    assert [a.name for a in f.arguments] == ["x"]
    np.testing.assert_array_equal(f.eval([np.array([[1], [2], [3]], "f")])[0], [[1], [3], [6]])


def test_the_error_of_untested_branches():
    error = UntestedBranchError("this one")
    assert isinstance(error, NotImplementedError)
    assert str(error) == "Untested code branch: this one"
