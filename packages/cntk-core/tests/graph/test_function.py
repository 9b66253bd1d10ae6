from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import cntk as C

x = C.input_variable(3, name="x")
y = C.input_variable(3, name="y")
W = C.parameter((3, 2), name="W")
b = C.parameter(2, name="b")


def block(argument, name="inner"):
    """Return a block 'Affine' around ``argument W + b``."""
    inside = C.placeholder()
    return C.as_block(C.times(inside, W) + b, [(inside, argument)], "Affine", name)


def names(variables):
    return [variable.name for variable in variables]


def test_a_composite_and_its_root():
    f = C.plus(x, y, name="sum")
    assert (f.is_composite, f.is_primitive, f.is_block) == (True, False, False)
    assert (f.op_name, f.root_function.op_name) == ("CompositeFunctionOpName", "Plus")
    assert (f.root_function.is_primitive, f.root_function.is_composite) == (True, False)
    assert f.root_function.root_function is f.root_function
    assert f.name == f.root_function.name == f.output.name == "sum"
    assert f.uid.startswith("CompositeFunction")
    assert f.root_function.uid.startswith("Plus")
    assert f.output.uid == f"{f.root_function.uid}_Output_0"


def test_labels_are_those_of_the_original():
    """One number for a function, one for its composite, one for each output."""

    def number(function):
        return int("".join(filter(str.isdigit, function.root_function.uid)))

    first = C.sigmoid(x)
    second = C.tanh(first)
    third = C.relu(second)
    assert [number(f) - number(first) for f in (first, second, third)] == [0, 3, 6]
    pair = C.top_k(x, 1)
    assert number(C.relu(x)) - number(pair) == 4
    assert block(x).root_function.uid.startswith("Block")


def test_arguments_are_listed_as_the_walk_from_the_root_meets_them():
    f = C.times(y + x, W) + b
    assert names(f.arguments) == ["y", "x"]
    assert names(f.inputs) == ["y", "x", "W", "b"]
    assert names(f.parameters) == ["W", "b"]
    p = C.placeholder(name="p")
    g = C.constant(2, name="two") * p
    assert (names(g.constants), names(g.placeholders), names(g.arguments)) == (
        ["two"],
        ["p"],
        ["p"],
    )


def test_the_weights_of_a_product_are_listed_first():
    """Parameters and constants come in the order of files, which hold products the other way."""
    left, right = C.parameter((1, 2), name="left"), C.parameter((2, 1), name="right")
    f = C.times(left, right)
    assert names(f.inputs) == ["left", "right"]
    assert names(f.parameters) == ["right", "left"]
    assert names(f.root_function.inputs) == ["left", "right"]


def test_inputs_of_a_block():
    assert names(block(x).inputs) == names(block(x).root_function.inputs) == ["W", "b", "x"]


def test_the_single_output():
    f = C.relu(x)
    assert f.output is f.outputs[0]
    assert (f.shape, f.dtype, f.dynamic_axes) == ((3,), np.float32, x.dynamic_axes)
    assert f.owner is f.root_function is f.output.owner


def test_several_outputs():
    f = C.combine([x + 1, x + 2])
    with pytest.raises(RuntimeError, match="A Function instance 'Composite.Combine.*more than one"):
        f.output  # noqa: B018
    with pytest.raises(AttributeError, match="does not have 'shape' and it cannot be looked up in"):
        f.shape  # noqa: B018
    assert f[1] is f.outputs[1]
    with pytest.raises(KeyError, match="2 outputs"):
        f[2]


def test_names_of_several_outputs():
    assert names(C.top_k(x, 1, name="tk").outputs) == ["tk", "tk_TopKIndexMask"]
    assert names(C.top_k(x, 1).outputs) == ["", ""]


def test_an_unnamed_function_is_named_once():
    f = C.relu(x)
    f.name = "r"
    assert (f.name, f.root_function.name, f.output.name) == ("r", "", "")
    with pytest.raises(ValueError, match="Illegal to set name of a Function .* existing name 'r'"):
        f.name = "other"


def test_a_variable_is_not_renamed():
    with pytest.raises(AttributeError):
        x.name = "other"


class TestParts:
    """Parts of a model are found by name."""

    def test_attributes_look_one_block_deep(self):
        f = block(x) * 2
        assert f.inner.op_name == "Affine"
        assert f.inner.is_block
        assert f.inner.W is W
        assert f.x is x

    def test_a_block_by_its_own_name(self):
        f = block(x)
        assert f.inner is f.root_function

    def test_a_part_in_two_blocks_is_not_an_attribute(self):
        inside = C.placeholder()
        outer = C.as_block(block(C.tanh(inside, name="deep")), [(inside, x)], "Outer", "outer")
        deeper = C.placeholder()
        f = C.as_block(outer.clone("share", {x: deeper}), [(deeper, x)], "Outermost", "most")
        with pytest.raises(AttributeError, match="'Variable' object has no attribute 'deep'"):
            f.deep  # noqa: B018
        assert f.outer.deep.op_name == "Tanh"

    def test_the_depth_of_a_search(self):
        inside = C.placeholder()
        f = C.as_block(block(C.tanh(inside, name="t")), [(inside, x)], "Outer", "outer")
        assert f.find_by_name("outer").op_name == "Outer"
        assert f.find_by_name("t") is None
        assert f.find_by_name("t", depth=1).op_name == "Tanh"
        assert f.find_by_name("inner", depth=-1).op_name == "Affine"

    def test_variables_are_found(self):
        assert block(x).find_by_name("W") is W
        assert (x + 1).find_by_name("x") is x

    def test_all_of_a_name(self):
        f = C.splice(block(x), block(y))
        assert [part.op_name for part in f.find_all_with_name("inner")] == ["Affine", "Affine"]
        with pytest.raises(ValueError, match='found multiple functions matching "inner"'):
            f.inner  # noqa: B018
        assert f.find_all_with_name("W") == [W]

    def test_nothing_is_found(self):
        f = C.relu(x, name="r")
        assert f.find_by_name("q") is None
        assert f.find_all_with_name("q") == []

    def test_a_name_is_a_string(self):
        with pytest.raises(ValueError, match="node name has to be a string. You gave a <class 'in"):
            C.relu(x).find_by_name(5)

    def test_private_names_are_no_parts(self):
        with pytest.raises(AttributeError, match="neither Function nor its output variable has '_"):
            C.relu(x)._q  # noqa: B018


def test_the_inside_of_a_block():
    root = block(x).root_function
    inside = root.block_root
    assert (inside.op_name, inside.is_primitive, inside.is_composite) == ("Plus", True, False)
    ((inner, outer),) = root.block_arguments_mapping
    assert (inner.is_placeholder, inner.name, outer) == (True, "x", x)


def test_the_inside_of_a_block_has_its_attributes():
    p = C.placeholder()
    inside = C.as_block(C.dropout(p, 0.25, 7), [(p, x)], "Dropout").root_function.block_root
    assert (inside.attributes["dropoutRate"], inside.attributes["rngSeed"]) == (0.25, 7)


def test_only_blocks_have_an_inside():
    for f in (block(x), C.relu(x)):
        with pytest.raises(ValueError, match="BlockRoot.. called for a Function .* is not a block"):
            f.block_root  # noqa: B018
        with pytest.raises(ValueError, match="which is not a block"):
            f.block_arguments_mapping  # noqa: B018


def test_a_block_in_a_model_runs_as_a_composite():
    model = block(x) * 2
    data = [[1, 2, 3]]
    with pytest.raises(RuntimeError, match="Feature Not Implemented"):
        model.inner.eval(data)
    for made in (
        C.combine([model.inner]),
        C.combine([model.inner.owner]),
        C.as_composite(model.inner),
    ):
        np.testing.assert_array_equal(made.eval(data), block(x).eval(data))
    np.testing.assert_array_equal(model.inner(y).eval(data), block(x).eval(data))


def test_custom_attributes_are_kept():
    f = C.relu(x)
    assert f.custom_attributes == {}
    f.custom_attributes = {"a": 1}
    f.custom_attributes["b"] = 2
    assert f.custom_attributes == {"a": 1, "b": 2}


def test_attributes_are_a_copy():
    f = C.reduce_sum(x, axis=0).root_function
    f.attributes["reductionOpName"] = "other"
    assert "other" not in f.attributes.values()
    assert C.relu(x).attributes == {}


def test_truth_and_length():
    assert bool(C.relu(x))
    with pytest.raises(TypeError):
        len(C.relu(x))


@pytest.mark.parametrize("part", [x, W, C.relu(x).output], ids=["input", "parameter", "output"])
def test_a_variable_is_not_copied_by_copy_and_pickle(part):
    with pytest.raises(TypeError, match="clone"):
        copy.deepcopy(part)
    with pytest.raises(TypeError, match="save"):
        pickle.dumps(part)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
def test_a_copy_of_a_function_stands_alone(copied):
    f = C.relu(block(x, "first"), name="last")
    value = f.eval([[1, 2, 3]])
    other = copied({"model": f, "epoch": 3, "again": f})
    g = other["model"]
    assert other["again"] is g
    assert (g.name, g.first.op_name, names(g.arguments)) == ("last", "Affine", ["x"])
    assert names(g.parameters) == names(f.parameters)
    before, W.value = W.value, W.value + 1
    np.testing.assert_array_equal(g.eval([[1, 2, 3]]), value)
    W.value = before


def test_a_function_with_open_sizes_is_not_pickled():
    with pytest.raises(ValueError, match="unknown dimensions"):
        pickle.dumps(C.times(C.placeholder(), C.parameter((-1, 2))))
