from __future__ import annotations

import pytest

import cntk as C


@pytest.fixture
def model():
    x, inside = C.input_variable(2, name="x"), C.placeholder()
    weights = C.parameter((2, 2), name="W")
    block = C.as_block(C.times(inside, weights), [(inside, x)], "Affine", "first")
    return C.relu(C.plus(C.relu(block, name="twice"), C.tanh(block, name="twice")), name="last")


def test_names_of_parts_are_completed(model):
    assert {"first", "twice", "last", "x", "eval", "shape"} <= {*dir(model), *dir(model.output)}
    assert "W" in dir(model.first)


def test_no_part_has_the_name(model):
    with pytest.raises(AttributeError, match="no attribute 'frist'; nor has a part") as caught:
        model.frist  # noqa: B018
    assert (caught.value.name, caught.value.obj) == ("frist", model)
    assert "find_by_name('frist', depth=-1)" in str(caught.value)


def test_a_name_that_two_parts_have(model):
    with pytest.raises(ValueError, match='found multiple functions matching "twice"') as caught:
        model.find_by_name("twice")
    assert "ReLU" in str(caught.value)
    assert "Tanh" in str(caught.value)


def test_many_of_one_name_are_not_all_listed():
    f = C.input_variable(2, name="x")
    for _ in range(9):
        f = C.relu(f, name="same")
    with pytest.raises(ValueError, match="and 4 more"):
        f.find_by_name("same")


def test_the_text_of_a_function(model):
    assert model.as_string() == repr(model)
    assert model.as_string().startswith("Composite(ReLU): Input('x', [#], [2]) -> ")
