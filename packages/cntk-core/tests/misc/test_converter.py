"""Replacing functions of a graph."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.logging.graph import depth_first_search
from cntk.misc import convert

x = C.input_variable(2, name="x")
X = np.array([[-1.0, 2.0]], np.float32)


def names(function, depth=-1) -> list[str]:
    """Return the names of the operations of a graph, the root first."""
    visited = depth_first_search(function, lambda item: hasattr(item, "op_name"), depth)
    return [item.op_name for item in visited]


def is_a(op_name: str):
    return lambda function: function.op_name == op_name


def cosine(function):
    return C.cos(function.inputs[0])


def test_a_function_inside_is_replaced_and_leaves_are_shared():
    w = C.parameter(2, init=3, name="w")
    function = C.exp(C.tanh(x * w) - 1)
    found = convert(function, is_a("Tanh"), cosine)
    assert names(found) == ["Exp", "Minus", "Cos", "ElementTimes"]
    assert names(function) == ["Exp", "Minus", "Tanh", "ElementTimes"]
    assert found.parameters == (w,) and found.arguments == (x,)
    np.testing.assert_allclose(found.eval({x: X}), np.exp(np.cos(3 * X) - 1), 1e-6)


def test_a_graph_without_such_functions_is_returned_itself():
    function = C.relu(x)
    assert convert(function, is_a("Tanh"), cosine) is function
    assert convert(function, is_a("ReLU"), lambda found: found) is function


def test_neighbours_are_all_replaced_once():
    calls = []

    def counted(function):
        calls.append(function)
        return C.tanh(function.inputs[0] + 1)

    found = convert(C.tanh(C.tanh(C.tanh(x))), is_a("Tanh"), counted)
    assert len(calls) == 3 and names(found) == ["Tanh", "Plus"] * 3
    once = np.tanh(X + 1)
    np.testing.assert_allclose(found.eval({x: X}), np.tanh(np.tanh(once + 1) + 1), 1e-6)


def test_what_is_read_twice_is_replaced_once():
    seen = C.tanh(x)
    found = convert(C.relu(seen) * C.sin(seen), is_a("Tanh"), cosine)
    assert names(found) == ["ElementTimes", "ReLU", "Cos", "Sin"]


def test_a_converter_may_build_on_the_function_itself():
    found = convert(C.exp(C.tanh(x)), is_a("Tanh"), lambda function: 2 * function)
    np.testing.assert_allclose(found.eval({x: X}), np.exp(2 * np.tanh(X)), 1e-6)


def test_a_function_can_be_taken_out():
    found = convert(C.exp(C.tanh(x)), is_a("Tanh"), lambda function: function.inputs[0])
    assert names(found) == ["Exp"]
    alone = convert(C.tanh(x), is_a("Tanh"), lambda function: function.inputs[0])
    np.testing.assert_array_equal(alone.eval({x: X}), X)


def test_shapes_below_follow():
    found = convert(C.relu(x) + 1, is_a("ReLU"), lambda function: C.reduce_sum(*function.inputs))
    assert found.shape == () and found.eval({x: X}).tolist() == [2.0]


def test_what_lies_in_a_block_is_replaced():
    inside = C.placeholder(name="v")
    block = C.as_block(C.tanh(inside) + 1, [(inside, x)], "Shifted", "here")
    found = convert(C.exp(block), is_a("Tanh"), cosine)
    assert names(found) == ["Exp", "Shifted", "Plus", "Cos"]
    assert found.here.op_name == "Shifted"
    np.testing.assert_allclose(found.eval({x: X}), np.exp(np.cos(X) + 1), 1e-6)
    np.testing.assert_allclose(C.exp(block).eval({x: X}), np.exp(np.tanh(X) + 1), 1e-6)


def test_a_block_is_replaced_whole_with_its_converted_inside():
    inside = C.placeholder()
    block = C.as_block(C.tanh(inside), [(inside, x)], "Mine")
    found = convert(block, lambda f: f.op_name in ("Tanh", "Mine"), lambda f: swap(f))

    def expected(v):
        return 2 * np.cos(v)

    np.testing.assert_allclose(found.eval({x: X}), expected(X), 1e-6)


def swap(function):
    return cosine(function) if function.op_name == "Tanh" else 2 * function


def test_a_recurrence_keeps_its_loop():
    frames, later = C.sequence.input_variable(1), C.placeholder(shape=(1,))
    state = C.relu(C.sequence.past_value(later) + frames)
    state.replace_placeholders({later: state.output})
    found = convert(state, is_a("ReLU"), lambda function: C.negate(function.inputs[0]))
    data = [np.array([[1], [2], [3]], "f")]
    assert found.eval({frames: data})[0].ravel().tolist() == [-1, -1, -2]
    assert state.eval({frames: data})[0].ravel().tolist() == [1, 3, 6]


def test_several_outputs_stay_in_order():
    found = convert(C.combine([C.tanh(x), C.sin(x)]), is_a("Tanh"), cosine)
    assert [output.owner.op_name for output in found.outputs] == ["Cos", "Sin"]


def test_a_function_of_several_outputs_is_replaced_by_as_many():
    top = C.top_k(x, 1)
    function = C.combine([top.outputs[1], top.outputs[0]])
    found = convert(function, is_a("TopK"), lambda f: C.top_k(-f.inputs[0], 1))
    position, value = (found.eval({x: X})[output] for output in found.outputs)
    assert (position.tolist(), value.tolist()) == ([[0.0]], [[1.0]])
    with pytest.raises(ValueError, match="returned 1 outputs for .*TopK.* which has 2"):
        convert(function, is_a("TopK"), lambda f: C.tanh(f.inputs[0]))


def test_mistakes_are_told():
    with pytest.raises(TypeError, match="a Function is expected, not str"):
        convert("model", is_a("ReLU"), cosine)
    with pytest.raises(TypeError, match="the converter returned NoneType for ReLU"):
        convert(C.relu(x), is_a("ReLU"), lambda function: None)
