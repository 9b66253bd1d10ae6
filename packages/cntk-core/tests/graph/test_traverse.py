from __future__ import annotations

import time

import numpy as np
import pytest

import cntk as C
from cntk.graph.traverse import depth_first_search, leaves, nodes_in_order

x = C.input_variable(3, name="x")


def op_names(nodes):
    return [node.op_name for node in nodes]


def test_nodes_come_after_their_operands():
    base = C.tanh(x)
    f = C.relu(base) + C.exp(base)
    assert op_names(nodes_in_order(f.outputs)) == ["Tanh", "ReLU", "Exp", "Plus"]


def test_blocks_are_one_node():
    assert op_names(nodes_in_order((C.softplus(x) + 1).outputs)) == ["Softplus", "Plus"]


def test_leaves_are_listed_once():
    y = C.input_variable(3, name="y")
    f = (y + x) * x
    assert leaves(f.outputs) == [y, x]


def test_a_search_goes_from_the_root_on():
    f = C.relu(C.tanh(x, name="t"), name="r")
    everything = depth_first_search(f, lambda part: True)
    assert [part.name for part in everything] == ["r", "t", "x"]


def test_a_search_opens_blocks():
    f = C.softplus(x)
    assert len(depth_first_search(f, lambda part: True)) == 3  # block, constant, input
    inside = depth_first_search(f, lambda part: True, depth=1)
    assert "LogPlus" in {getattr(part, "op_name", None) for part in inside}


DEPTH = 2000  # twice the depth that Python recurses to


@pytest.fixture(scope="module")
def deep():
    f = x
    for _ in range(DEPTH):
        f = C.negate(f)
    return f


@pytest.mark.parametrize(
    "use",
    [
        str,
        repr,
        lambda f: f.inputs,
        lambda f: f.find_by_name("nothing", -1),
        lambda f: f.clone("clone"),
        lambda f: f(C.input_variable(3)),
        lambda f: f >> C.relu,
        lambda f: f.eval([[1, 2, 3]]),
        lambda f: f(C.input_variable(3, needs_gradient=True)).grad([[1, 2, 3]]),
    ],
    ids="str repr inputs find clone call compose eval grad".split(),
)
def test_a_deep_graph_is_used_without_recursion(deep, use):
    use(deep)


def test_a_deep_graph_in_a_file(deep, tmp_path):
    deep.save(tmp_path / "deep.model")
    loaded = C.load_model(tmp_path / "deep.model")
    np.testing.assert_array_equal(loaded.eval([[1, 2, 3]]), [[1, 2, 3]])


def test_placeholders_of_a_deep_graph():
    p = C.placeholder()
    f = p
    for _ in range(DEPTH):
        f = C.negate(f)
    assert f.replace_placeholder(x).shape == (3,)


def test_building_does_not_slow_down_with_depth():
    """Applying an operator looks at its operands, not at all that is before them."""

    def seconds(count):
        started, f = time.perf_counter(), x
        for _ in range(count):
            f = f + 1
        return time.perf_counter() - started

    assert min(seconds(1600) for _ in range(3)) < 16 * min(seconds(400) for _ in range(3))
