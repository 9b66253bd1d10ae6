"""User functions in files."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph import user_function
from cntk.graph.files import function_of, model_dictionary
from cntk.graph.user_function import UserFunction
from cntk.storage import ModelFileError

from .networks import entry, output, stored


class Scale(UserFunction):
    """Its input times a factor."""

    def __init__(self, inputs, factor=2.0, name=""):
        super().__init__(inputs, name=name)
        self.factor = factor

    def forward(self, argument, device=None, outputs_to_retain=None):
        return None, argument * np.float32(self.factor)

    def infer_outputs(self):
        x = self.inputs[0]
        return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]

    def serialize(self):
        return {"factor": self.factor, "sizes": [1, 2]}


NAME = f"{__name__}.Scale"


@pytest.fixture
def scaled():
    x = C.input_variable((2, 3))
    return C.user_function(Scale([x + 1], 3.0, name="scaled")) * 2


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr(user_function, "_factories", {})

    def make(inputs, name, state):
        assert state["sizes"] == [1, 2]
        return Scale(inputs, state["factor"], name)

    C.Function.register_udf_deserialize_callback(NAME, make)


def test_a_registered_factory_rebuilds_it(scaled, registered):
    again = function_of(stored(scaled))
    np.testing.assert_array_equal(output(again), output(scaled))
    assert again.scaled.root_function.uid == scaled.scaled.root_function.uid


def test_the_state_is_stored_as_the_original_does(scaled):
    found = entry(model_dictionary(scaled), scaled.scaled.root_function.uid)
    assert found["type"] == "UserDefinedFunction" and found["native"] is False
    assert "op" not in found and "attributes" not in found
    assert found["user_defined_state"] == {
        "module": __name__,
        "class": "Scale",
        "op_name": NAME,
        "state": {"factor": 3.0, "sizes": [1, 2]},
        "version": 1,
    }


def test_a_class_with_deserialize_rebuilds_it(scaled, monkeypatch):
    monkeypatch.setattr(user_function, "_factories", {})

    def deserialize(inputs, name, state):
        return Scale(inputs, state["factor"] + 1, name)

    monkeypatch.setattr(Scale, "deserialize", staticmethod(deserialize))
    again = function_of(stored(scaled))
    np.testing.assert_allclose(output(again), output(scaled) * 4 / 3, rtol=1e-6)
    assert again.scaled.root_function.name == "scaled"


def test_of_classes_of_one_name_the_last_one_rebuilds_it():
    def define(factor):
        members = {"deserialize": staticmethod(lambda inputs, *_: Scale(inputs, factor))}
        return type("DefinedTwice", (Scale,), members)

    older, newer = define(3.0), define(5.0)
    assert older is not newer
    again = function_of(stored(C.user_function(older([C.input_variable((2, 3))]))))
    assert again.root_function.factor == 5


def test_a_registered_factory_goes_before_the_class(scaled, registered, monkeypatch):
    monkeypatch.setattr(Scale, "deserialize", staticmethod(lambda *of: Scale(of[0], 100.0)))
    np.testing.assert_array_equal(output(function_of(stored(scaled))), output(scaled))


def test_a_class_that_is_no_user_function_is_not_called(scaled):
    model = stored(scaled)
    described = entry(model, scaled.scaled.root_function.uid)["user_defined_state"]
    described["module"], described["class"] = "os", "system"
    described["op_name"] = "os.system"
    with pytest.raises(ModelFileError, match="class 'os.system', which is not defined"):
        function_of(model)


def test_without_a_factory_the_error_says_what_to_call(scaled, monkeypatch):
    monkeypatch.setattr(user_function, "_factories", {})
    with pytest.raises(ModelFileError) as raised:
        function_of(stored(scaled))
    assert f"is of the class '{NAME}', which is not defined, or has no dese" in str(raised.value)
    assert f"C.Function.register_udf_deserialize_callback('{NAME}'," in str(raised.value)


def test_a_factory_that_returns_something_else_is_named(scaled, monkeypatch):
    monkeypatch.setattr(user_function, "_factories", {NAME: lambda inputs, name, state: 3})
    with pytest.raises(ModelFileError, match="returned no Function") as raised:
        function_of(stored(scaled))
    assert "actual   int" in str(raised.value)


def test_a_native_function_is_refused(scaled, registered):
    model = stored(scaled)
    entry(model, scaled.scaled.root_function.uid)["native"] = True
    with pytest.raises(ModelFileError, match="a native user function, written in C"):
        function_of(model)


def test_a_state_that_is_no_dictionary_cannot_be_saved(scaled, monkeypatch):
    monkeypatch.setattr(Scale, "serialize", lambda self: 3)
    with pytest.raises(TypeError, match="serialize.. must return a dict, not 3"):
        model_dictionary(scaled)
