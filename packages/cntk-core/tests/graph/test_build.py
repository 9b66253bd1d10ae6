from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.build import DEEPEST

x = C.input_variable(3, name="x")
y = C.input_variable(3, name="y")


class TestOperands:
    """Numbers, lists and arrays become constants."""

    @pytest.mark.parametrize(
        "operand, shape",
        [(2, ()), (2.5, ()), (True, ()), ([1, 2, 3], (3,)), (np.ones((2, 3), "f"), (2, 3)),
         (np.float64(2), ()), (np.float32(2), ())],
    )  # fmt: skip
    def test_their_shape_and_type(self, operand, shape):
        (constant,) = (x + operand).constants
        assert (constant.shape, constant.dtype) == (shape, np.float32)

    def test_they_take_the_type_of_the_others(self):
        wide = C.input_variable(3, dtype=np.float64)
        (constant,) = (wide + [1, 2, 3]).constants
        assert constant.dtype == np.float64
        assert (wide * 2).dtype == np.float64

    def test_on_either_side(self):
        data = [[1, 2, 3]]
        assert (10 - x).eval(data).tolist() == [[9, 8, 7]]
        assert ([1, 1, 1] + x).eval(data).tolist() == [[2, 3, 4]]
        assert (np.ones(3, "f") + x).eval(data).tolist() == [[2, 3, 4]]

    @pytest.mark.parametrize(
        "operand, error",
        [("a", ValueError), (None, ValueError), (object(), TypeError), ([[1], [1, 2]], ValueError),
         (np.ones(3, np.int64), ValueError)],
    )  # fmt: skip
    def test_what_is_no_operand(self, operand, error):
        with pytest.raises(error):
            x + operand

    def test_types_do_not_mix(self):
        with pytest.raises(ValueError, match="with different DataTypes 'Float' and 'Double'"):
            x + C.input_variable(3, dtype=np.float64)

    def test_the_name_is_a_string(self):
        with pytest.raises(TypeError, match="name must be a str, not int"):
            C.relu(x, name=5)
        assert C.relu(x, "r").name == "r"


class TestCombine:
    def test_functions_and_variables(self):
        f = C.combine([x + 1, y, C.top_k(x, 1)])
        assert len(f.outputs) == 4
        assert f.outputs[1] is y

    def test_listed_or_one_by_one(self):
        for f in (C.combine(x, y), C.combine([x, y]), C.combine((x, y))):
            assert f.outputs == (x, y)

    def test_duplicates_are_kept(self):
        f = x + 1
        assert len(C.combine([f, f]).outputs) == 2

    def test_names(self):
        f = C.combine([x + 1, C.relu(x, name="r")], name="pair")
        assert (f.name, [o.name for o in f.outputs]) == ("pair", ["", "r"])

    def test_values(self):
        f = C.combine([x + 1, x * 2])
        values = f.eval([[1, 2, 3]])
        assert [values[o].tolist() for o in f.outputs] == [[[2, 3, 4]], [[2, 4, 6]]]

    @pytest.mark.parametrize("operands", [[5], [np.ones(3)], ["a"]])
    def test_what_is_no_part_of_a_graph(self, operands):
        with pytest.raises(TypeError, match="combine takes variables and Functions"):
            C.combine(operands)

    def test_nothing(self):
        with pytest.raises(ValueError, match="give at least one"):
            C.combine([])


def test_an_alias():
    f = C.alias(x + 1, name="here")
    assert (f.root_function.op_name, f.name, f.output.name) == ("NoOp", "here", "here")
    assert (f * 2).here is f.root_function
    assert f.eval([[1, 2, 3]]).tolist() == [[2, 3, 4]]


def test_a_composite_of_a_primitive():
    f = C.relu(x)
    made = C.as_composite(f.root_function, name="made")
    assert made.is_composite
    assert (made.name, made.root_function) == ("made", f.root_function)
    with pytest.raises(TypeError, match="as_composite takes a Function"):
        C.as_composite(x)


class TestBlocks:
    def test_a_block_computes_what_is_inside(self):
        a, b = C.placeholder(name="a"), C.placeholder(name="b")
        f = C.as_block(b - a, [(a, x), (b, y)], "Difference", "d")
        assert f.eval({x: [[1, 2, 3]], y: [[5, 5, 5]]}).tolist() == [[4, 3, 2]]
        assert [v.name for v in f.arguments] == ["x", "y"]
        assert (f.root_function.op_name, f.name) == ("Difference", "d")

    def test_a_placeholder_is_unmapped(self):
        a, b = C.placeholder(name="a"), C.placeholder(name="b")
        with pytest.raises(ValueError, match="1 of the arguments 'Placeholder.'b'.* Block 'd' ha"):
            C.as_block(a + b, [(a, x)], "Sum", "d")

    def test_an_input_is_inside(self):
        a = C.placeholder()
        with pytest.raises(ValueError, match="Block 'd' has an argument 'Input.'x'.* not a placeh"):
            C.as_block(a + x, [(a, y)], "Sum", "d")

    def test_gradients_pass_through(self):
        a, v = C.placeholder(), C.input_variable(3, needs_gradient=True)
        f = C.as_block(C.square(a), [(a, v)], "Square", "")
        assert f.grad([[1, 2, 3]]).tolist() == [[2, 4, 6]]

    def test_how_deep_blocks_go(self):
        def wrapped(f, n):
            for _ in range(n):
                outer = C.placeholder()
                f = C.as_block(f, [(f.placeholders[0], outer)], "Box", "")
            return f

        f = wrapped(C.negate(C.placeholder()), DEEPEST)
        assert f(x).clone("clone").eval({"x": [[1, 2, 3]]}).tolist() == [[-1, -2, -3]]
        with pytest.raises(ValueError, match=f"more than {DEEPEST} blocks, one inside the other"):
            wrapped(f, 1)


def test_a_frame_by_frame_operand_meets_one_per_sample():
    frames = C.input_variable(3, dynamic_axes=C.Axis.default_input_variable_dynamic_axes())
    f = frames + x
    assert [o.owner.op_name for o in f.root_function.inputs if o.is_output] == [
        "ReconcileDynamicAxis"
    ]
    value = f.eval({frames: [np.ones((2, 3), "f")], x: [[1, 2, 3]]})
    assert value[0].tolist() == [[2, 3, 4], [2, 3, 4]]


def test_an_error_says_where_its_operation_was_built():
    with pytest.raises(RuntimeError, match="created at test_build.py:"):
        x + C.input_variable(4)
