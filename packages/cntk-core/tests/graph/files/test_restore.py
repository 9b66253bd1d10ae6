"""Values from a file into an equal network."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.storage import ModelFileError

from .networks import output, two_layers


@pytest.fixture
def saved(tmp_path):
    """Return the path of a network whose parameters are twice the usual ones."""
    network = two_layers()
    network.parameters[0].value = 2 * network.parameters[0].value
    network.save(tmp_path / "a.model")
    return tmp_path / "a.model"


def test_parameters_and_constants_take_the_values_of_the_file(saved):
    network = two_layers()
    uids = [leaf.uid for leaf in network.inputs]
    network.restore(saved)
    np.testing.assert_array_equal(output(network), output(C.Function.load(saved)))
    assert [leaf.uid for leaf in network.inputs] == uids


def test_several_outputs_are_restored(tmp_path):
    def make(value):
        x, w = C.input_variable(2), C.parameter(2, init=value)
        return C.combine([x * w, x + w])

    make(5).save(tmp_path / "a.model")
    network = make(1)
    network.restore(tmp_path / "a.model")
    np.testing.assert_array_equal(network.parameters[0].value, [5, 5])


def x_and_w():
    return C.input_variable((2, 3)), C.parameter((3, 4), init=1)


def another_operation():
    x, w = x_and_w()
    return C.element_min(C.softplus(C.times(x, w) + np.ones(4, "f")), 0.75)


def another_shape():
    x = C.input_variable((2, 5))
    w = C.parameter((5, 4), init=1)
    return C.element_max(C.softplus(C.times(x, w) + np.ones(4, "f")), 0.75)


def another_sharing():
    x, w = x_and_w()
    y = C.softplus(C.times(x, w) + np.ones(4, "f"))
    return C.element_max(y, y)


def a_constant_for_a_parameter():
    x = C.input_variable((2, 3))
    w = C.constant(1, (3, 4))
    return C.element_max(C.softplus(C.times(x, w) + np.ones(4, "f")), 0.75)


def more_outputs():
    return C.combine([two_layers(), two_layers()])


@pytest.mark.parametrize(
    "make",
    [another_operation, another_shape, another_sharing, a_constant_for_a_parameter, more_outputs],
    ids=lambda make: make.__name__,
)
def test_another_network_is_refused_and_stays_as_it_is(saved, make):
    network = make()
    before = [leaf.value for leaf in network.parameters_and_constants()]
    with pytest.raises(ModelFileError, match="differs from") as raised:
        network.restore(saved)
    assert str(raised.value).startswith(str(saved))
    for leaf, value in zip(network.parameters_and_constants(), before):
        np.testing.assert_array_equal(leaf.value, value)


def test_random_states_are_restored(tmp_path):
    x = C.input_variable(4)
    network = C.dropout(x, 0.5, seed=7)
    network.root_function.arguments_by_name["rng_offset"] = 12
    network.save(tmp_path / "a.model")
    other = C.dropout(C.input_variable(4), 0.5, seed=8)
    other.restore(tmp_path / "a.model")
    arguments = other.root_function.arguments_by_name
    assert (arguments["seed"], arguments["rng_offset"]) == (7, 12)


def dropping(seed=None):
    """Return an input and a network with dropout in a block in a block."""
    x, hole, wider = C.input_variable(40, needs_gradient=True), C.placeholder(), C.placeholder()
    options = {} if seed is None else {"seed": seed}
    inner = C.as_block(C.dropout(hole, 0.5, **options), [(hole, wider)], "Inner")
    return x, C.as_block(inner, [(wider, x)], "Outer")


def trained(network, x):
    ones = np.ones((3, 40), "f")
    return network.forward({x: ones}, network.outputs, set(network.outputs))[1][network.output]


def test_random_states_inside_blocks_are_restored(tmp_path):
    x, network = dropping(seed=7)
    trained(network, x)
    network.save(tmp_path / "a.model")
    loaded = C.load_model(tmp_path / "a.model")
    y, other = dropping()
    other.restore(tmp_path / "a.model")
    expected = trained(network, x)
    np.testing.assert_array_equal(trained(other, y), expected)
    np.testing.assert_array_equal(trained(loaded, loaded.arguments[0]), expected)


def test_another_block_around_random_numbers_is_refused(tmp_path):
    dropping()[1].save(tmp_path / "a.model")
    x, hole = C.input_variable(40), C.placeholder()
    noise = C.random.normal_like(hole)
    other = C.as_block(noise, [(hole, x)], "Outer")
    with pytest.raises(ModelFileError, match="the graph differs from the file"):
        other.restore(tmp_path / "a.model")
