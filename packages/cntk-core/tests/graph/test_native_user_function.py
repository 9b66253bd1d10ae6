from __future__ import annotations

import sys
import types

import pytest

import cntk as C


class Scaled(C.ops.functions.UserFunction):
    def __init__(self, operand, factor, name):
        super().__init__([operand], name=name)
        self.factor = factor

    def infer_outputs(self):
        x = self.inputs[0]
        return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]

    def forward(self, argument, device=None, outputs_to_retain=None):
        return None, self.factor * argument

    def backward(self, state, root_gradients):
        return self.factor * root_gradients


def make(operands, attributes, name):
    return Scaled(*operands, attributes.get("factor", 1), name)


@pytest.fixture
def module(monkeypatch):
    made = types.ModuleType("scaling_plugin")
    made.make, made.make_nothing = make, lambda *given: None
    monkeypatch.setitem(sys.modules, "scaling_plugin", made)
    return made


def test_a_registered_factory_makes_functions(module):
    assert C.ops.register_native_user_function("Scaled", "scaling_plugin", "make")
    x = C.input_variable(2, needs_gradient=True)
    f = C.ops.native_user_function("Scaled", [x], {"factor": 3}, "scaled")
    assert f.root_function.name == "scaled"
    assert f.eval([[1, 2]]).tolist() == [[3, 6]]
    assert f.grad([[1, 2]]).tolist() == [[3, 3]]


def test_the_same_factory_may_be_registered_twice(module):
    for _ in range(2):
        C.register_native_user_function("Again", "scaling_plugin", "make")
    with pytest.raises(ValueError, match="'Again' is registered already, for .*make"):
        C.register_native_user_function("Again", "scaling_plugin", "make_nothing")


def test_nothing_registered():
    with pytest.raises(ValueError, match="op-id 'Foo' has not been registered"):
        C.native_user_function("Foo", [C.input_variable(2)])


def test_what_cannot_be_registered(module):
    with pytest.raises(RuntimeError, match="Plugin not found: 'no_such_plugin'"):
        C.register_native_user_function("A", "no_such_plugin", "make")
    with pytest.raises(RuntimeError, match="has no function 'create'"):
        C.register_native_user_function("B", "scaling_plugin", "create")


def test_a_factory_that_makes_something_else(module):
    C.register_native_user_function("Nothing", "scaling_plugin", "make_nothing")
    with pytest.raises(TypeError, match="must return a UserFunction, not NoneType"):
        C.native_user_function("Nothing", [C.input_variable(2)])
