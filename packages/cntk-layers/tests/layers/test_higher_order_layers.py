from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.function import Function
from cntk.layers import Dense, For, ResNetBlock, Sequential, SequentialClique, identity

x = C.input_variable(3, name="x0")


def names(function):
    return [p.name for p in function.parameters]


def test_layers_are_applied_from_left_to_right():
    model = Sequential([lambda v: v + 1, C.negate, lambda v: v * 2])
    assert isinstance(model, Function)
    assert model(x).eval([[1, 2, 3]]).tolist() == [[-4, -6, -8]]


def test_nested_lists_are_flattened():
    model = Sequential([Dense(2), [Dense(4), [C.relu]]])(x)
    assert model.shape == (4,)
    assert model.root_function.op_name == "ReLU"


def test_a_tuple_is_a_set_of_branches():
    model = Sequential([(Dense(2), [Dense(4), Dense(2)]), C.splice])(x)
    assert model.shape == (4,)
    assert names(model) == ["W", "b"] * 3


def test_branches_at_the_end_are_outputs():
    model = Sequential([Dense(2), (C.relu, C.tanh)])(x)
    assert [output.owner.op_name for output in model.outputs] == ["ReLU", "Tanh"]


def test_branches_of_several_outputs_are_pairs():
    model = Sequential([(Dense(2, init=1), Dense(3, init=2)), (C.relu, C.negate)])(x)
    first, second = model.eval([[1, 1, 1]]).values()
    assert first.tolist() == [[3, 3]]
    assert second.tolist() == [[-6, -6, -6]]


def test_the_first_layer_may_have_several_arguments():
    @C.Function
    def difference(a, b):
        return b - a

    model = Sequential([difference, C.negate])
    y = C.input_variable(3)
    assert model(x, y).eval({x: [[1, 2, 3]], y: [[0, 0, 0]]}).tolist() == [[1, 2, 3]]


def test_nothing_is_identity():
    assert Sequential([]) is identity
    assert Sequential([[], []])(x).eval([[1, 2, 3]]).tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("layer", [C.relu, Dense(2), 5, None])
def test_what_is_no_list_is_returned(layer):
    assert Sequential(layer) is layer


@pytest.mark.parametrize("layers", [[5], [Dense(2), 5], [None], [Dense(2), None]])
def test_what_is_no_layer(layers):
    with pytest.raises(TypeError, match="g must be a Function or callable"):
        Sequential(layers)


def test_a_list_stays_usable():
    """Composing does not change the layers: two models share them."""
    layers = [Dense(4, name="a"), Dense(2, name="b")]
    one, two = Sequential(layers)(x), Sequential(layers)(x * 2)
    assert set(one.parameters) == set(two.parameters)
    assert one.a.W.shape == (3, 4)


def test_the_name_is_that_of_the_result():
    model = Sequential([Dense(2), Dense(4)], name="q")
    assert str(model) == "q: Composite(keep: Sequence[tensor]) -> Sequence[tensor]"
    assert str(model(x)) == "q: Composite(x0: Tensor[3]) -> Tensor[4]"
    assert (model(x) * 2).q.op_name == "NoOp"


def test_for_makes_a_layer_per_item():
    assert For([5, 6], lambda n: Dense(n))(x).shape == (6,)
    assert len(For(range(3), lambda: Dense(4))(x).parameters) == 6


def test_for_may_make_lists_of_named_layers():
    model = For(range(2), lambda i: [Dense(i + 2, name=f"h{i}"), C.relu])(x)
    assert model.h1.W.shape == (2, 3)


def test_for_without_items_is_identity():
    assert For(range(0), lambda i: Dense(i)) is identity


def test_the_name_of_for():
    model = For(range(2), lambda i: Dense(2), name="f")(x)
    assert (model + 1).f.op_name == "NoOp"


def test_a_layer_itself_may_be_the_constructor():
    assert [p.shape for p in For((4, 2), Dense)(x).parameters] == [(4, 2), (2,), (3, 4), (4,)]


@pytest.mark.parametrize(
    "constructor, error", [(Dense(3), ValueError), (5, TypeError), (lambda i, j: x, TypeError)]
)
def test_what_makes_no_layers(constructor, error):
    with pytest.raises(error, match="For: constructor"):
        For(range(2), constructor)


def test_for_needs_items():
    with pytest.raises(TypeError):
        For(2, lambda i: Dense(2))


def test_a_resnet_block_adds_its_input():
    model = ResNetBlock(Dense(3, init=1))(x)
    assert model.eval([[1, 2, 3]]).tolist() == [[7, 8, 9]]
    assert str(model) == "Composite(x0: Tensor[3]) -> Tensor[3]"


def test_a_resnet_block_is_a_layer_among_others():
    model = Sequential([Dense(4), ResNetBlock(Dense(4)), Dense(2)])(x)
    assert model.shape == (2,)
    assert len(model.parameters) == 6


def test_a_named_resnet_block():
    model = ResNetBlock(Dense(3), name="r")
    assert str(model) == "r: Composite(x: Sequence[tensor]) -> Sequence[tensor]"
    assert (model(x) + 1).r.op_name == "NoOp"


def test_shapes_of_a_resnet_block():
    with pytest.raises(RuntimeError, match="shape '.2.' is not compatible with right operand"):
        ResNetBlock(Dense(2))(x)


def test_in_a_clique_each_layer_gets_the_sum_of_all_before():
    layers = [Dense(1, init=1), Dense(1, init=1), Dense(1, init=1)]
    value = SequentialClique(layers)(C.input_variable(1)).eval([[1]])
    np.testing.assert_array_equal(value, [[4]])  # 1, then 1 + 1, then 1 + 1 + 2


def test_a_clique_of_nothing():
    with pytest.raises(ValueError, match="at least one layer"):
        SequentialClique([])


def test_a_named_clique():
    model = SequentialClique([Dense(3), Dense(3)], name="c")(x)
    assert (model + 1).c.output.shape == (3,)
