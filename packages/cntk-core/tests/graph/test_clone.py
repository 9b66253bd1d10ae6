from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(3, name="x")


def make_model():
    """Return ``tanh(x W + b) * two`` with a named part, the parameters drawn."""
    W = C.parameter((3, 2), init=C.glorot_uniform(seed=1), name="W")
    b = C.parameter(2, init=1, name="b")
    hidden = C.tanh(C.times(x, W) + b, name="hidden")
    return hidden * C.constant(2, name="two")


DATA = np.array([[1, -2, 0.5]], "f")


@pytest.mark.parametrize("method", ["share", "clone", "freeze"])
@pytest.mark.parametrize("spelled", [str, C.CloneMethod.__getitem__], ids=["str", "CloneMethod"])
def test_a_clone_computes_the_same(method, spelled):
    model = make_model()
    copy = model.clone(spelled(method))
    np.testing.assert_array_equal(copy.eval({"x": DATA}), model.eval(DATA))
    assert copy.root_function.uid != model.root_function.uid
    assert copy.hidden.name == "hidden"


def test_shared_parameters_and_constants_are_the_same():
    model = make_model()
    copy = model.clone("share")
    assert copy.parameters == model.parameters
    assert copy.constants == model.constants


def test_copied_parameters_go_their_own_way():
    model = make_model()
    copy = model.clone("clone")
    assert [p.name for p in copy.parameters] == ["W", "b"]
    assert not {*copy.parameters, *copy.constants} & {*model.parameters, *model.constants}
    np.testing.assert_array_equal(copy.W.value, model.W.value)
    model.b.value = np.zeros(2, "f")
    np.testing.assert_array_equal(copy.b.value, [1, 1])


def test_frozen_parameters_are_constants():
    copy = make_model().clone("freeze")
    assert copy.parameters == ()
    assert sorted(c.name for c in copy.constants) == ["W", "b", "two"]
    assert copy.W.is_constant


@pytest.mark.parametrize("method", ["share", "clone", "freeze"])
def test_arguments_are_fresh_ones_of_the_same_names(method):
    model = make_model()
    copy = model.clone(method)
    (argument,) = copy.arguments
    assert argument != x
    assert (argument.name, argument.shape, argument.is_input) == ("x", (3,), True)
    with pytest.raises(ValueError, match="have not been provided"):
        copy.eval({x: DATA})
    assert copy.eval({argument: DATA}).shape == (1, 2)


def test_an_argument_is_replaced():
    y = C.input_variable(3, name="y")
    assert make_model().clone("share", {x: y}).arguments == (y,)
    f = make_model().clone("share", {x: y * 2})
    assert f.arguments == (y,)


@pytest.mark.parametrize("part", [lambda m: m.hidden, lambda m: m.hidden.output])
def test_a_part_is_replaced_with_what_is_before_it(part):
    model = make_model()
    fresh = C.input_variable(2, name="fresh")
    copy = model.clone("clone", {part(model): fresh})
    assert (copy.arguments, copy.parameters) == ((fresh,), ())
    np.testing.assert_array_equal(copy.eval([[3, 4]]), [[6, 8]])


def test_by_a_placeholder():
    copy = make_model().clone("freeze", {x: C.placeholder(name="later")})
    assert copy.shape == (-2,)
    (later,) = copy.placeholders
    assert later.name == "later"
    assert copy(C.input_variable(3)).shape == (2,)


def test_what_is_not_in_the_graph_is_ignored_with_a_warning():
    other = C.input_variable(5, name="other")
    with pytest.warns(UserWarning, match="'other'.* is not part of .*: nothing is replaced"):
        copy = make_model().clone("share", {other: C.input_variable(7)})
    assert [a.name for a in copy.arguments] == ["x"]


def test_several_outputs():
    f = C.combine([x + 1, x * 2, x + 1], name="three")
    copy = f.clone("share")
    assert (copy.name, len(copy.outputs)) == ("three", 3)
    assert len(copy.arguments) == 1


def test_a_part_of_two_outputs_is_copied_once():
    base = C.tanh(x)
    f = C.combine([base + 1, base * 2])
    first, second = f.clone("share").outputs
    assert first.owner.inputs[0] is second.owner.inputs[0]


def test_blocks():
    inside = C.placeholder()
    W = C.parameter((3, 2), name="W")
    model = C.as_block(C.times(inside, W), [(inside, x)], "Product", "product") + 1
    y = C.input_variable(3, name="y")
    copy = model.clone("clone", {x: y})
    assert copy.product.op_name == "Product"
    assert copy.W != W
    assert copy.product.block_root.parameters == copy.parameters
    ((argument, outer),) = copy.product.block_arguments_mapping
    assert (argument.name, outer) == ("y", y)
    assert model.W is W


def test_custom_attributes():
    model = make_model()
    model.custom_attributes = {"a": 1}
    copy = model.clone("clone")
    copy.custom_attributes["a"] = 2
    assert model.custom_attributes == {"a": 1}


def test_the_feature_extractor():
    """The part of a model up to a node, frozen, on an input to come."""
    model = make_model()
    node = model.find_by_name("hidden")
    features = C.combine([node.owner]).clone(
        C.CloneMethod.freeze, {x: C.placeholder(name="features")}
    )
    assert (features.parameters, len(features.constants)) == ((), 2)
    y = C.input_variable(3)
    np.testing.assert_array_equal(features(y).eval(DATA) * 2, model.eval(DATA))


@pytest.mark.parametrize(
    "method, substitutions, error, why",
    [
        ("foo", None, ValueError, "'foo' is not a valid CloneMethod"),
        (None, None, ValueError, "is not a valid CloneMethod"),
        ("share", {x: None}, AttributeError, "Neither node can be None"),
        ("share", {None: x}, AttributeError, "Neither node can be None"),
        ("share", {x: 5}, TypeError, "with one output to one another, not int 5"),
        ("share", [x], TypeError, "must be a dictionary"),
        ("share", {x: C.input_variable(4)}, ValueError, "do not match the left operand"),
    ],
)
def test_refusals(method, substitutions, error, why):
    with pytest.raises(error, match=why):
        make_model().clone(method, substitutions)


def test_a_method_is_asked_for():
    with pytest.raises(TypeError, match="method"):
        make_model().clone()


def test_all_parts_are_known(recwarn):
    inside, x = C.placeholder(name="inside"), C.input_variable(2, name="x")
    weights = C.parameter((2, 2), name="W")
    block = C.as_block(C.tanh(C.times(inside, weights), name="deep"), [(inside, x)], "B", "b")
    f = C.combine([C.relu(block, name="top"), x])
    for part in (x, block, f[0], f.find_by_name("deep", depth=1)):
        f.clone("clone", {part: C.input_variable(2)})
    f.clone("clone", {f.b.W: weights})
    assert not recwarn.list
