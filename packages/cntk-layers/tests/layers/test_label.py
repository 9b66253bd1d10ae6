from __future__ import annotations

import pytest

import cntk as C
from cntk.layers import Dense, Label, Sequential


def test_what_is_labelled_is_found():
    x = C.input_variable(3)
    model = Sequential([Dense(4), Label("features"), Dense(2)])(x)
    features = model.find_by_name("features")
    assert model.features.uid == features.uid
    assert features.op_name == "NoOp"
    assert features.output.shape == (4,)
    assert C.combine([features]).eval([[1, 2, 3]]).shape == (1, 4)


def test_a_label_is_no_block():
    assert not Label("q")(C.input_variable(3)).root_function.is_block


def test_a_label_has_a_name():
    with pytest.raises(TypeError, match="name"):
        Label()
