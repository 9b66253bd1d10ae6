"""Visits and searches in the order of CNTK 2.7, whose results these lists are."""

from __future__ import annotations

import pytest

import cntk as C
from cntk.logging import graph
from cntk.variables import Variable


@pytest.fixture
def x():
    return C.input_variable(2, name="x")


def block(x, width, name=""):
    """Return a block like a dense layer, with parameters inside."""
    inside = C.placeholder()
    weights, bias = C.parameter((x.shape[0], width), name="W"), C.parameter(width, name="b")
    body = C.relu(C.plus(C.times(inside, weights), bias))
    return C.as_block(body, [(inside, x)], "Dense", name)


def visited(root, depth):
    items = graph.depth_first_search(root, lambda item: True, depth)
    return " ".join(item.name or "in" if isinstance(item, Variable) else item.op_name
                    for item in items)  # fmt: skip


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, "Dense W b Dense W b x"),
        (1, "Dense Dense W b x ReLU Plus Times W b"),
        (-1, "Dense Dense ReLU Plus Times W b x ReLU Plus Times W b"),
    ],
)
def test_operands_of_an_entered_block_come_before_its_inside(x, depth, expected):
    assert visited(block(block(x, 3), 2), depth) == expected


def test_an_operand_that_is_used_twice_is_visited_once(x):
    both = C.relu(x)
    assert visited(C.plus(both, C.exp(both)), 0) == "Plus ReLU x Exp"


def test_a_recurrence_is_visited_once():
    x = C.sequence.input_variable(2, name="x")
    later = C.placeholder()
    total = C.plus(x, C.sequence.past_value(later))
    total.replace_placeholders({later: total.output})
    assert visited(total, -1).split()[:2] == ["Plus", "x"]
    assert visited(total, -1).count("PastValue") == 1


def test_the_visitor_chooses(x):
    found = graph.depth_first_search(C.relu(x), lambda item: isinstance(item, Variable))
    assert found == [x]


@pytest.mark.parametrize("root", [3, None, "x"])
def test_a_graph_is_needed(root):
    with pytest.raises(TypeError, match="a Function is expected, not"):
        graph.depth_first_search(root, lambda item: True)


def test_a_variable_is_no_graph(x):
    with pytest.raises(TypeError, match="a Function is expected, not Variable Input"):
        graph.plot(x)


def test_find_by_name(x):
    function = C.relu(C.exp(x, name="inner"), name="outer")
    assert graph.find_by_name(function, "inner").op_name == "Exp"
    assert graph.find_by_name(function, "x") == x
    assert graph.find_by_name(function, "nobody") is None


def test_what_is_inside_a_block_is_found_at_its_depth(x):
    inside = C.placeholder()
    function = C.as_block(C.relu(C.exp(inside, name="hidden")), [(inside, x)], "Outer")
    assert graph.find_by_name(function, "hidden") is None
    assert graph.find_by_name(function, "hidden", depth=1).op_name == "Exp"


def test_several_of_one_name(x):
    function = C.plus(C.relu(x, name="a"), C.relu(x, name="a"))
    assert len(graph.find_all_with_name(function, "a")) == 2
    with pytest.raises(ValueError, match='found multiple functions matching "a"'):
        graph.find_by_name(function, "a")


def test_names_and_uids_are_strings(x):
    with pytest.raises(ValueError, match="node name has to be a string"):
        graph.find_by_name(C.relu(x), 3)
    with pytest.raises(ValueError, match="node_uid must be a string"):
        graph.find_by_uid(C.relu(x), 3)


def test_find_by_uid_knows_functions_and_variables(x):
    function = C.relu(x)
    assert graph.find_by_uid(function, x.uid) == x
    assert graph.find_by_uid(function, function.root_function.uid).op_name == "ReLU"
    # the composite and the output are not visited
    assert graph.find_by_uid(function, function.uid) is None
    assert graph.find_by_uid(function, function.output.uid) is None


def test_outputs_of_all_functions(x):
    inner = C.exp(x)
    function = C.relu(inner)
    assert graph.get_node_outputs(function) == [function.output, inner.output]
    assert len(graph.get_node_outputs(block(x, 3), -1)) == 4


def test_the_text_lists_operands_first(x):
    inner = C.exp(x)
    function = C.relu(inner)
    inner_line = f"Exp({x.uid}) -> {inner.output.uid};"
    assert graph.plot(function) == (
        f"{inner_line}\n\nReLU({inner.output.uid}) -> {function.output.uid};\n"
    )


def test_the_text_leaves_out_constants_of_blocks(x):
    inside, scale, one = C.placeholder(), C.parameter(2), C.constant(1)
    scaled = C.as_block(inside * scale + C.constant([1, 2]), [(inside, x)], "Scale")
    z = scaled - one
    assert graph.plot(z) == (
        f"Scale({scale.uid}, {x.uid}) -> {scaled.output.uid};\n\n"
        f"Minus({scaled.output.uid}, {one.uid}) -> {z.output.uid};\n"
    )


def test_the_text_has_a_line_per_output(x):
    pair = C.combine([C.exp(x), C.relu(x)])
    assert graph.plot(pair).count("Combine(") == 2


def test_the_order_of_logging_is_that_of_functions(x):
    function = C.relu(C.exp(x, name="e"), name="r")
    assert graph.find_all_with_name(function, "e") == function.find_all_with_name("e")
