from __future__ import annotations

import pytest

import cntk as C
from cntk.layers import identity
from cntk.layers.identity import activated, is_identity


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


@pytest.mark.parametrize("activation", [None, identity])
def test_no_activation_at_all(activation):
    x = C.input_variable(3)
    assert is_identity(activation)
    assert activated(activation, x) is x


def test_an_activation_is_applied():
    assert not is_identity(C.relu)
    assert activated(C.relu, C.input_variable(3)).root_function.op_name == "ReLU"


def test_an_identity_leaves_no_trace():
    r = C.relu(C.input_variable(3, name="x"))
    assert str(identity(r)) == str(r >> identity) == "ReLU(x: Tensor[3]) -> Tensor[3]"
    assert identity(r).output == r.output


def test_an_activation_that_cannot_be_called_is_refused():
    with pytest.raises(TypeError, match="(?s)or None, not 'relu'.*try: C.relu"):
        activated("relu", C.input_variable(3))
    with pytest.raises(TypeError, match="or None, not 3"):
        activated(3, C.input_variable(3))
