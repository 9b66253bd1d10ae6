from __future__ import annotations

import cntk as C
from cntk.logging import graph
from cntk.logging.drawing import diagram_of
from cntk.variables import Variable


def diagram(root):
    return diagram_of(graph.depth_first_search(root, lambda item: not isinstance(item, Variable)))


def lines(root):
    return [box.lines for box in diagram(root).boxes]


def test_operands_come_before_what_uses_them():
    x = C.input_variable(2, name="x")
    found = diagram(C.relu(C.exp(x), name="y"))
    assert [box.lines[0] for box in found.boxes] == ["x", "Exp", "ReLU"]
    assert found.arrows == [(0, 1), (1, 2)]
    assert [box.kind for box in found.boxes] == ["input", "function", "function"]


def test_a_box_says_name_parameters_and_shape():
    weights = C.parameter((2, 3), name="W")
    product = C.times(C.sequence.input_variable(2, name="x"), weights, name="z")
    assert lines(product)[-1] == ("Times", "z", "W [2 x 3]", "→ [#, *] [3]")


def test_a_shared_parameter_has_a_box():
    x, weights = C.input_variable((2, 2), name="x"), C.parameter((2, 2), name="W")
    found = diagram(C.times(C.times(x, weights), weights))
    assert [box.kind for box in found.boxes].count("stored") == 1
    assert len(found.arrows) == 4


def test_an_operand_used_twice_has_one_arrow():
    x = C.input_variable(2, name="x")
    assert diagram(C.element_times(x, x)).arrows == [(0, 1)]


def test_a_block_is_one_box():
    x, inside = C.input_variable(2, name="x"), C.placeholder()
    block = C.as_block(C.relu(C.exp(inside)), [(inside, x)], "Both", "b")
    (_, box) = diagram(block).boxes
    assert (box.kind, box.lines[:2]) == ("block", ("Both", "b"))


def test_long_and_broken_lines():
    x = C.input_variable(2, name="a\n b" + "c" * 90)
    line = lines(C.relu(x))[0][0]
    assert line == "a b" + "c" * 36 + "…"
    assert diagram(C.relu(x)).boxes[0].whole.count("c") >= 90


def test_what_is_not_known_yet():
    assert lines(C.relu(C.placeholder(name="p")))[1] == ("ReLU", "→ [???] [???]")
