"""Parts of a trained network in another one: find, clone, freeze, save, go on."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import BatchNormalization, Dense, Dropout, Label, Sequential

from .networks import clusters, losses_of_training

SAMPLES, CLASSES = clusters(30, 4, 3)


@pytest.fixture
def base():
    C.cntk_py.reset_random_seed(1)
    x = C.input_variable(4, name="x")
    layers = [
        Dense(6, activation=C.relu, name="h1"),
        BatchNormalization(name="bn"),
        Label("features"),
        Dropout(0.2, name="drop"),
        Dense(5, name="head"),
    ]
    return Sequential(layers, name="net")(x)


def test_parts_are_found(base):
    assert base.h1.W.shape == (4, 6)
    assert base.head.b.shape == (5,)
    assert base.bn.scale.value.shape == (6,)
    assert base.features.op_name == "NoOp"
    assert base.find_by_name("drop").op_name == "Dropout"
    assert base.x.shape == (4,)
    with pytest.raises(AttributeError):
        base.nowhere  # noqa: B018


def frozen_features(base):
    """Return the network up to 'features', without parameters, on an input to come."""
    node = base.find_by_name("features")
    return C.combine([node.owner]).clone(
        C.CloneMethod.freeze, {base.arguments[0]: C.placeholder(name="features")}
    )


def test_a_new_head_learns_on_frozen_features(base):
    features = frozen_features(base)
    assert features.parameters == ()
    x, y = C.input_variable(4), C.input_variable(3)
    z = Dense(3, name="new_head")(features(x))
    assert [p.name for p in z.parameters] == ["W", "b"]
    frozen = {c.uid: c.value for c in z.constants}
    learner = C.sgd(z.parameters, C.learning_parameter_schedule(1.0))
    trainer = C.Trainer(z, C.cross_entropy_with_softmax(z, y), [learner])
    losses = losses_of_training(trainer, {x: SAMPLES, y: CLASSES}, 40)
    assert losses[-1] < 0.3 * losses[0]
    statistics = ("aggregate_mean", "aggregate_variance", "aggregate_count")
    for constant in z.constants:  # weights stay, the running statistics go on
        changed = (constant.value != frozen[constant.uid]).any()
        assert changed == (constant.name in statistics)


def test_the_original_stays_as_it_was(base):
    before = base.eval(SAMPLES)
    values = [p.value for p in base.parameters]
    copy = base.clone("clone", {base.arguments[0]: C.input_variable(4, name="x")})
    y = C.input_variable(5)
    learner = C.sgd(copy.parameters, C.learning_parameter_schedule(1.0))
    trainer = C.Trainer(copy, C.squared_error(copy, y), [learner])
    trainer.train_minibatch({copy.arguments[0]: SAMPLES, y: np.zeros((30, 5), "f")})
    for parameter, value in zip(base.parameters, values):
        np.testing.assert_array_equal(parameter.value, value)
    np.testing.assert_array_equal(base.eval(SAMPLES), before)
    assert (copy.h1.W.value != base.h1.W.value).any()


def test_shared_parts_learn_together(base):
    twin = base.clone("share")
    base.h1.W.value = np.zeros((4, 6), "f")
    np.testing.assert_array_equal(twin.h1.W.value, np.zeros((4, 6)))


def test_layers_between_two_nodes(base):
    """As Fast R-CNN does: from one node to another, on something else."""
    head = C.combine([base.head]).clone("clone", {base.features: C.placeholder(name="roi")})
    assert [argument.name for argument in head.arguments] == ["roi"]
    z = head(C.input_variable(6))
    assert z.shape == (5,)
    assert len(z.parameters) == 2


def test_a_saved_network_is_taken_apart(base, tmp_path):
    base.save(tmp_path / "base.model")
    loaded = C.load_model(tmp_path / "base.model")
    node = loaded.find_by_name("features")
    features = C.combine([node.owner]).clone("freeze", {loaded.x: C.placeholder()})
    x = C.input_variable(4)
    found = features(x).eval(SAMPLES)
    np.testing.assert_allclose(found, C.combine([base.features]).eval(SAMPLES), rtol=1e-6)


def test_outputs_of_several_layers_at_once(base):
    both = C.combine([base.features, base])
    values = both.eval(SAMPLES)
    assert [values[output].shape for output in both.outputs] == [(30, 6), (30, 5)]


def test_attributes_change_in_place(base):
    base.find_by_name("drop").block_root.set_attribute("dropoutRate", 0.0)
    x = base.arguments[0]
    _, first = base.forward({x: SAMPLES}, keep_for_backward={base.output})
    _, second = base.forward({x: SAMPLES}, keep_for_backward={base.output})
    np.testing.assert_array_equal(first[base.output], second[base.output])
    with pytest.raises(RuntimeError, match="'foo' is not supported"):
        base.set_attribute("foo", 1)
