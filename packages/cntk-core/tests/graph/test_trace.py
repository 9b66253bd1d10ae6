from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(3, name="x")
y = C.input_variable(3, name="y")


def names(function):
    return [argument.name for argument in function.arguments]


def value(function, **data):
    return function.eval({name: np.array([row], "f") for name, row in data.items()}).tolist()


class TestFunction:
    def test_as_decorator_and_of_a_lambda(self):
        @C.Function
        def twice(v):
            return v * 2

        for f in (twice, C.Function(lambda v: v * 2)):
            assert str(f) == "ElementTimes(v: Sequence[tensor]) -> Sequence[tensor]"
            assert value(f(x), x=[1, 2, 3]) == [[2, 4, 6]]

    def test_a_parameter_with_a_default_is_no_argument(self):
        f = C.Function(lambda v, factor=3: v * factor)
        assert names(f) == ["v"]
        assert value(f(x), x=[1, 2, 3]) == [[3, 6, 9]]

    def test_the_order_of_arguments_is_that_of_python(self):
        f = C.Function(lambda a, b, c: c * b - a)
        assert names(f) == names(f >> C.relu) == names(f.clone("share")) == ["a", "b", "c"]
        assert value(f(x, y, C.constant(2)), x=[1, 1, 1], y=[1, 2, 3]) == [[1, 3, 5]]

    def test_the_order_of_arguments_is_a_block_as_in_the_original(self):
        f = C.Function(lambda a, b: b - a)
        operand = f.root_function.inputs[0]
        assert (operand.owner.op_name, operand.owner.is_block) == ("Tuple", True)
        assert str(C.Function(lambda a, b: a - b)).startswith("Minus(a: ")

    def test_several_results(self):
        f = C.Function(lambda a, b: (a + b, a - b))
        assert len(f.outputs) == 2
        assert names(f) == ["a", "b"]

    def test_an_argument_returned_as_it_is(self):
        f = C.Function(lambda a: a)
        assert f(x).outputs == (x,)

    def test_parameters_from_outside(self):
        W = C.parameter(3, init=2, name="W")
        f = C.Function(lambda v: v * W)
        assert f.parameters == (W,)
        assert value(f(x), x=[1, 2, 3]) == [[2, 4, 6]]

    def test_functions_are_called_inside(self):
        half = C.Function(lambda v: v / 2)
        f = C.Function(lambda v: half(half(v)))
        assert value(f(x), x=[4, 8, 12]) == [[1, 2, 3]]

    @pytest.mark.parametrize("annotation", [C.Variable, int, np.ndarray, "np.ndarray", int | None])
    def test_annotations_for_readers_are_no_types(self, annotation):
        def plus_one(a):
            return a + 1

        plus_one.__annotations__ = {"a": annotation, "return": C.Function}
        assert str(C.Function(plus_one)) == "Plus(a: Sequence[tensor]) -> Sequence[tensor]"

    @pytest.mark.parametrize(
        "python, why",
        [
            (lambda a, b: a, r"has 1 unused arguments \(b\)"),
            (lambda a: None, "must return a value"),
            (lambda a: a + x, r"has 1 missing arguments \(x\)"),
            (lambda: x + 1, r"has 1 missing arguments \(x\)"),
            (lambda a: 5, "expected a Function or a Variable, got int"),
            (lambda a: {"a": a}, "expected a Function or a Variable, got dict"),
            (lambda a: a + C.parameter(3), "parameters cannot be created inside a @Function def"),
            (5, "Function is made from a Python function"),
        ],
    )
    def test_refusals(self, python, why):
        with pytest.raises(TypeError, match=why):
            C.Function(python)

    def test_nothing_stays_open_after_a_refusal(self):
        with pytest.raises(TypeError):
            C.Function(lambda a: a + C.parameter(3))
        assert C.parameter(3).shape == (3,)


class TestBlockFunction:
    def test_a_block(self):
        @C.BlockFunction("Difference", "d")
        def difference(a, b):
            return b - a

        assert (
            str(difference)
            == "d: Difference(a: Sequence[tensor], b: Sequence[tensor]) -> Sequence[tensor]"
        )
        f = difference(x, y)
        assert (f.root_function.is_block, f.is_block) == (True, False)
        assert f.root_function.op_name == "Difference"
        assert f.name == f.output.name == "d"
        assert names(f) == ["x", "y"]
        assert value(f, x=[1, 2, 3], y=[5, 5, 5]) == [[4, 3, 2]]

    def test_what_is_inside_is_named_like_the_operands(self):
        f = C.BlockFunction("Twice", "")(lambda v: v * 2)(x)
        ((inner, outer),) = f.root_function.block_arguments_mapping
        assert (inner.name, inner.shape, outer) == ("x", (3,), x)
        assert str(f.root_function.block_root) == "ElementTimes(x: Tensor[3]) -> Tensor[3]"

    def test_several_outputs_have_the_name_of_the_block(self):
        f = C.BlockFunction("Both", "both")(lambda a: (a + 1, a * 2))
        assert [output.name for output in f.outputs] == ["both", "both"]


class TestSignatures:
    def test_types(self):
        f = C.Function.with_signature(3, (2, 3))(lambda a, b: a + b)
        assert [a.shape for a in f.arguments] == [(3,), (2, 3)]
        assert all(a.is_input for a in f.arguments)

    @pytest.mark.parametrize("scalar", [float, np.float32])
    def test_scalars(self, scalar):
        f = C.Function.with_signature(scalar)(lambda a: a * 2)
        assert f.arguments[0].shape == ()

    def test_placeholders_become_inputs(self):
        f = C.Function(lambda v: v * 2)
        f.update_signature(3)
        assert str(f.arguments[0]) == "Input('v', [#], [3])"
        assert f.shape == (3,)
        with pytest.raises(ValueError, match="'v'.* specified for replacement not found in the F"):
            f.update_signature(v=3)
        with pytest.raises(TypeError, match=r"type Tensor\[3\] is incompatible with the type Ten"):
            f.update_signature(5)

    def test_blocks_learn_the_types_too(self):
        f = C.BlockFunction("Twice", "")(lambda v: v * 2)
        assert f.declare_args(3) is f
        ((inner, outer),) = f.root_function.block_arguments_mapping
        assert (inner.shape, outer.shape, f.shape) == ((3,), (3,), (3,))

    @pytest.mark.parametrize(
        "types, named, why",
        [
            ((3, 3), {}, "expected 1 arguments, got 2"),
            ((), {}, "expected 1 arguments, got 0"),
            ((), {"q": 3}, "unexpected keyword argument 'q'"),
            (("a",), {}, "'a' is no type of a variable"),
        ],
    )
    def test_refusals(self, types, named, why):
        with pytest.raises(TypeError, match=why):
            C.Function(lambda v: v * 2).update_signature(*types, **named)


def test_a_function_uses_the_arguments_of_the_one_it_stands_in():
    @C.Function
    def outer(history, input):
        encoded = C.relu(input)

        @C.Function
        def step(x):
            return encoded + 2 * x

        assert [argument.name for argument in step.signature] == ["x"]
        return step(history)

    assert [argument.name for argument in outer.signature] == ["history", "input"]
    x, y = C.input_variable(2), C.input_variable(2)
    value = outer(x, y).eval({x: np.ones((1, 2), "f"), y: np.full((1, 2), 3, "f")})
    assert value.tolist() == [[5, 5]]


def test_it_is_not_the_arguments_of_a_function_that_is_finished():
    kept = []

    @C.Function
    def outer(history, input):
        kept.append(C.Function(lambda x: x + input))
        return kept[0](history)

    with pytest.raises(TypeError, match="expected 2 arguments, got 1"):
        kept[0](C.input_variable(2))


def test_a_block_stands_alone():
    def outer(history, input):
        return C.BlockFunction("Add", "add")(lambda x: x + input)(history)

    with pytest.raises(TypeError, match="missing arguments .*outside its arguments"):
        C.Function(outer)


def test_a_type_that_is_none_leaves_its_argument():
    f = C.placeholder(name="p") - C.placeholder(name="q")
    f.update_signature(None, 3)
    assert [a.is_placeholder for a in f.arguments] == [True, False]
    f.update_signature(None, None)
    assert f.arguments[0].is_placeholder
