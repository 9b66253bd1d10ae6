from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.ops.functions import UserFunction

x = C.input_variable(3, name="x", needs_gradient=True)
y = C.input_variable(3, name="y", needs_gradient=True)


class Twice(UserFunction):
    """One input, one output; keeps nothing."""

    def __init__(self, argument, name="twice", as_numpy=True):
        super().__init__([argument], as_numpy=as_numpy, name=name)

    def forward(self, argument, device=None, outputs_to_retain=None):
        return None, argument * 2

    def backward(self, state, root_gradients):
        return root_gradients * 2

    def infer_outputs(self):
        argument = self.inputs[0]
        return [C.output_variable(argument.shape, argument.dtype, argument.dynamic_axes)]


class SumAndProduct(UserFunction):
    """Two inputs, two outputs."""

    def __init__(self, a, b):
        super().__init__([a, b])

    def forward(self, arguments, outputs, device=None, outputs_to_retain=None):
        a, b = arguments
        outputs[self.outputs[0]], outputs[self.outputs[1]] = a + b, a * b
        return a, b

    def backward(self, state, root_gradients, variables):
        a, b = state
        to_sum, to_product = (root_gradients[output] for output in self.outputs)
        for variable, other in zip(self.inputs, (b, a)):
            if variable in variables:
                variables[variable] = to_sum + to_product * other

    def infer_outputs(self):
        a = self.inputs[0]
        return [C.output_variable(a.shape, a.dtype, a.dynamic_axes) for _ in range(2)]


DATA = np.array([[1, 2, 3]], "f")


def test_values_and_gradients():
    f = C.user_function(Twice(x))
    np.testing.assert_array_equal(f.eval(DATA), DATA * 2)
    np.testing.assert_array_equal(C.square(f).grad(DATA), DATA * 8)


def test_several_inputs_and_outputs():
    f = C.user_function(SumAndProduct(x, y))
    data = {x: DATA, y: DATA * 10}
    total, product = f(DATA, DATA * 10)
    np.testing.assert_array_equal(total, DATA * 11)
    np.testing.assert_array_equal(product, DATA * DATA * 10)
    g = f.outputs[0] * 3 + f.outputs[1]
    found = g.grad(data, [x, y])
    np.testing.assert_array_equal(found[x], 3 + DATA * 10)
    np.testing.assert_array_equal(found[y], 3 + DATA)


def test_sequences_are_lists():
    seen = []

    class Look(Twice):
        def forward(self, argument, device=None, outputs_to_retain=None):
            seen.append([len(part) for part in argument])
            return None, [part * 2 for part in argument]

    s = C.sequence.input_variable(1)
    value = C.user_function(Look(s)).eval([np.ones((2, 1), "f"), np.ones((3, 1), "f")])
    assert [len(part) for part in value] == [2, 3]
    assert seen == [[2, 3]]


def test_values_instead_of_arrays():
    class Look(Twice):
        def forward(self, argument, device=None, outputs_to_retain=None):
            assert isinstance(argument, C.Value)
            return None, argument.asarray() * 2

    f = C.user_function(Look(x, as_numpy=False))
    np.testing.assert_array_equal(f.eval(DATA), DATA * 2)


def test_what_it_is_in_the_graph():
    instance = Twice(x, "t")
    f = C.user_function(instance)
    assert f.root_function is instance
    assert instance.op_name.endswith("test_user_function.Twice")
    assert instance.uid.startswith("UserDefinedFunction")
    assert str(instance) == "t: UserFunction(x: Tensor[3]) -> Tensor[3]"
    assert repr(f) == f"Composite(UserFunction): Input('x', [#], [3]) -> {f.output}"
    assert (f * 2).t is instance


def test_attributes_are_the_users():
    class Scaled(Twice):
        def __init__(self, argument):
            UserFunction.__init__(self, [argument], attributes={"factor": 2})

    attributes = Scaled(x).attributes
    attributes["factor"] = 3
    assert Scaled(x).attributes == {"factor": 2}


def test_cloning_onto_other_inputs():
    f = C.user_function(Twice(x)) + 1
    z = C.input_variable(3)
    copy = f.clone("share", {x: z})
    np.testing.assert_array_equal(copy.eval({z: DATA}), DATA * 2 + 1)
    np.testing.assert_array_equal(f.eval({x: DATA}), DATA * 2 + 1)


def test_an_own_clone_is_asked():
    class Counted(Twice):
        clones = 0

        def clone(self, cloned_inputs):
            Counted.clones += 1
            return C.user_function(Counted(*cloned_inputs))

    C.user_function(Counted(x)).clone("clone")
    assert Counted.clones == 1


class TestMistakes:
    def test_no_inputs(self):
        with pytest.raises(ValueError, match="at least one input"):
            UserFunction([])

    def test_what_is_no_user_function(self):
        with pytest.raises(TypeError, match="user_function takes a UserFunction, not int"):
            C.user_function(5)

    def test_infer_outputs_is_not_there(self):
        with pytest.raises(NotImplementedError, match="must override infer_outputs"):
            C.user_function(UserFunction([x]))

    @pytest.mark.parametrize("described", [None, 5, [5]])
    def test_infer_outputs_returns_something_else(self, described):
        class Wrong(Twice):
            def infer_outputs(self):
                return described

        with pytest.raises(RuntimeError, match="infer_outputs.. must return a list of C.output"):
            C.user_function(Wrong(x))

    @pytest.mark.parametrize("returned", [None, 5, (1, 2, 3)])
    def test_forward_returns_something_else(self, returned):
        class Wrong(Twice):
            def forward(self, argument, device=None, outputs_to_retain=None):
                return returned

        with pytest.raises(RuntimeError, match=r"must return \(state, result\)"):
            C.user_function(Wrong(x)).eval(DATA)

    def test_forward_raises(self):
        class Wrong(Twice):
            def forward(self, argument, device=None, outputs_to_retain=None):
                raise KeyError("lost")

        with pytest.raises(RuntimeError, match="Wrong.forward failed: KeyError: 'lost'") as error:
            C.user_function(Wrong(x)).eval(DATA)
        assert isinstance(error.value.__cause__, KeyError)

    @pytest.mark.parametrize("result", [np.ones((1, 4), "f"), np.ones((2, 3), "f")])
    def test_the_shape_of_a_result(self, result):
        class Wrong(Twice):
            def forward(self, argument, device=None, outputs_to_retain=None):
                return None, result

        with pytest.raises((ValueError, RuntimeError)):
            C.user_function(Wrong(x)).eval(DATA)

    def test_backward_returns_nothing(self):
        class Constant(Twice):
            def backward(self, state, root_gradients):
                return None

        np.testing.assert_array_equal(C.user_function(Constant(x)).grad(DATA), np.zeros((1, 3)))
