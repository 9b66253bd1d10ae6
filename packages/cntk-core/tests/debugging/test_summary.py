from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(4, name="x")


def affine(argument, size, name=""):
    """Return a block with a weight, a bias and a frozen scale."""
    inside = C.placeholder(name="argument")
    weights = C.parameter((argument.shape[0], size), name="W")
    body = C.times(inside, weights) * C.constant(np.ones(size, "f"), name="s")
    return C.as_block(body + C.parameter(size, name="b"), [(inside, argument)], "Affine", name)


def model():
    return C.relu(affine(affine(x, 3, "first"), 2, "second"), name="last")


def by_name(summary):
    return {layer.name: layer for layer in summary.layers}


def test_layers_operands_first():
    found = model().summary()
    assert [layer.name for layer in found.layers] == ["x", "first", "second", "last"]
    assert [layer.operation for layer in found.layers] == ["Input", "Affine", "Affine", "ReLU"]
    assert by_name(found)["first"].outputs == ("[#] [3]",)


def test_parameters_trained_and_frozen():
    found = model().summary()
    first = by_name(found)["first"]
    assert (first.parameters, first.frozen) == (4 * 3 + 3, 3)
    assert (found.parameters, found.frozen) == (15 + 8, 3 + 2)
    assert found.parameter_bytes == 4 * 28
    frozen = model().clone("freeze").summary()
    assert (frozen.parameters, frozen.frozen) == (0, 28)


def test_operations_of_layers_add_up():
    found = model().summary(minibatch_size=10)
    assert by_name(found)["first"].operations == 10 * (2 * 4 * 3 + 3 + 3)
    assert found.operations == sum(layer.operations for layer in found.layers)


def test_shared_parameters_are_counted_once():
    weights = C.parameter((4, 4), name="W")
    found = C.times(C.times(x, weights, name="a"), weights, name="b").summary()
    assert (found.parameters, found.operations) == (16, 64)
    assert [layer.shared for layer in found.layers] == [False, False, True]
    assert "16*" in str(found)


def test_the_inside_of_blocks():
    found = model().summary(depth=1)
    levels = [(layer.operation, layer.level) for layer in found.layers]
    assert levels[1:5] == [("Affine", 0), ("Times", 1), ("ElementTimes", 1), ("Plus", 1)]
    assert found.layers[2].parameters == 12


def test_several_outputs():
    both = C.combine([C.relu(x, name="r"), C.top_k(x, 2, name="k")])
    lines = str(both.summary()).splitlines()
    assert any(line.split()[:2] == ["k", "TopK"] for line in lines)
    assert [layer.name for layer in both.summary().layers] == ["x", "r", "k"]
    assert len(by_name(both.summary())["k"].outputs) == 2


def test_placeholders_print_question_marks():
    found = affine(C.placeholder(4, name="p"), 3, "first").summary()
    assert (found.operations, found.forward_bytes, found.training_bytes) == (None, None, None)
    assert found.parameters == 15
    assert "?: not known yet. Apply the Function to inputs" in str(found)


def test_sizes_to_be_deduced():
    open_weights = C.parameter((-1, 3), name="W")
    found = C.times(C.placeholder(name="p"), open_weights, name="z").summary()
    assert (found.parameters, found.parameter_bytes, found.input_bytes) == (None, None, None)
    assert by_name(found)["z"].outputs == ("[???] [???]",)


def test_a_sequence_has_frames():
    data = C.sequence.input_variable(4, name="s")
    z = C.times(data, C.parameter((4, 3)), name="z")
    assert z.summary(2, sequence_length=5).operations == 10 * z.summary().operations
    assert z.summary(2, sequence_length=5).input_bytes == 2 * 5 * 4 * 4


def test_the_table():
    lines = str(model().summary(8)).splitlines()
    assert lines[0] == str(model())
    assert lines[2].split() == ["Layer", "Operation", "Output", "Parameters", "Frozen", "FLOPs"]
    assert lines[5].split() == ["first", "Affine", "[#]", "[3]", "15", "3", "240"]
    assert len({len(line) for line in lines[3:4] + lines[1:2]}) == 1
    assert "Minibatch of 8 samples, 1 frame of each sequence" in str(model().summary(8))
    assert repr(model().summary()) == str(model().summary())


def test_names_of_users_stay_on_their_line():
    found = C.relu(x, name="a\nb" + "c" * 80).summary()
    assert any(line.startswith("a b" + "c" * 36 + "…  ReLU") for line in str(found).splitlines())


@pytest.mark.parametrize("size", [0, -1, 1.5, "8", None, True])
def test_sizes_are_positive(size):
    with pytest.raises(ValueError, match="is a positive int, not"):
        model().summary(size)
    with pytest.raises(ValueError, match="sequence_length is a positive int"):
        model().summary(1, size)


def test_data_without_axes():
    found = (C.parameter(3, name="p") * 2).summary()
    assert (found.parameters, found.operations, found.input_bytes) == (3, 3, 0)
