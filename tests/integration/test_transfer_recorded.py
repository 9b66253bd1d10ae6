"""A trained network is cut in two: frozen below a node, cloned above it, with new layers on top.

The losses and values are those of CNTK 2.7, which ran the same script.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import BatchNormalization, Dense, Label, Sequential

from .networks import losses_of_training

SAMPLES = np.sin(np.arange(40)).reshape(10, 4).astype("f")
CLASSES = np.eye(3, dtype="f")[np.arange(10) % 3]
OTHER_CLASSES = np.eye(4, dtype="f")[np.arange(10) % 4]
STATISTICS = ["aggregate_mean", "aggregate_variance", "aggregate_count"]


def trained_base():
    """Return a network after three steps, and its losses."""
    x, y = C.input_variable(4, name="x"), C.input_variable(4)
    layers = [
        Dense(6, activation=C.relu, name="h1"),
        BatchNormalization(name="bn", normalization_time_constant=100),
        Label("features"),
        Dense(5, activation=C.tanh, name="head"),
        Dense(4, name="top"),
    ]
    base = Sequential(layers, name="net")(x)
    for i, p in enumerate(sorted(base.parameters, key=lambda p: (p.name, p.shape))):
        values = np.sin(np.arange(np.prod(p.shape)) * 1.7 + i) * 0.5
        p.value = values.reshape(p.shape).astype("f")
    learner = C.sgd(base.parameters, C.learning_parameter_schedule(0.5))
    trainer = C.Trainer(base, C.cross_entropy_with_softmax(base, y), [learner])
    return base, losses_of_training(trainer, {x: SAMPLES, y: OTHER_CLASSES}, 3)


class Transfer:
    """The new network, its parts and its trainer."""

    def __init__(self, loaded):
        self.loaded, features = loaded, loaded.find_by_name("features")
        self.frozen = C.combine([features.owner]).clone(
            C.CloneMethod.freeze, {loaded.arguments[0]: C.placeholder(name="in")}
        )
        self.head = C.combine([loaded.head.owner]).clone(
            C.CloneMethod.clone, {features: C.placeholder(name="features")}
        )
        self.x, self.y = C.input_variable(4, name="image"), C.input_variable(3)
        self.z = Dense(3, name="new", init=0.1)(self.head(self.frozen(self.x)))
        self.z.new.W.value = (np.cos(np.arange(15)) * 0.3).reshape(5, 3).astype("f")

    def train(self, steps):
        rate = C.learning_parameter_schedule(0.3)
        learner = C.momentum_sgd(self.z.parameters, rate, 0.9)
        trainer = C.Trainer(self.z, C.cross_entropy_with_softmax(self.z, self.y), [learner])
        return losses_of_training(trainer, {self.x: SAMPLES, self.y: CLASSES}, steps)


@pytest.fixture(scope="module")
def base_file(tmp_path_factory):
    base, losses = trained_base()
    assert losses == pytest.approx([1.46511, 1.39823, 1.37228], abs=2e-5)
    path = tmp_path_factory.mktemp("base") / "base.model"
    base.save(path)
    return path


@pytest.fixture
def transfer(base_file):
    return Transfer(C.load_model(base_file))


def test_losses_are_those_of_cntk(transfer):
    losses = transfer.train(5)
    assert losses == pytest.approx([1.11606, 1.11440, 1.11133, 1.10715, 1.10214], abs=2e-5)
    expected = [[-0.0168, -0.0459, -0.0246], [-0.0316, -0.0544, -0.0216]]
    np.testing.assert_allclose(transfer.z.eval(SAMPLES)[:2], expected, atol=2e-4)


def test_what_is_frozen_stays_bit_by_bit(transfer):
    assert [p.name for p in transfer.z.parameters] == ["W", "b", "W", "b"]
    frozen = {c: c.value for c in transfer.z.constants}
    transfer.train(5)
    changed = [c.name for c, value in frozen.items() if not np.array_equal(c.value, value)]
    assert changed == STATISTICS  # as in CNTK 2.7 these follow the data


def test_the_source_is_left_alone(transfer):
    loaded = transfer.loaded
    before = [v.value for v in (*loaded.parameters, *loaded.constants)]
    transfer.train(5)
    for variable, value in zip((*loaded.parameters, *loaded.constants), before):
        np.testing.assert_array_equal(variable.value, value)


def test_statistics_stay_with_an_endless_time_constant(transfer):
    x, y = C.input_variable(4), C.input_variable(2)
    normalized = BatchNormalization(normalization_time_constant=np.inf)(x)
    z = Dense(2)(normalized)
    learner = C.sgd(z.parameters, C.learning_parameter_schedule(0.01))
    trainer = C.Trainer(z, C.squared_error(z, y), [learner])
    trainer.train_minibatch({x: SAMPLES, y: CLASSES[:, :2]})  # the first minibatch starts them
    kept = [normalized.find_by_name(name, -1).value for name in STATISTICS[:2]]
    trainer.train_minibatch({x: 2 * SAMPLES, y: CLASSES[:, :2]})
    for name, value in zip(STATISTICS, kept):
        np.testing.assert_array_equal(normalized.find_by_name(name, -1).value, value)


def test_the_result_is_saved_and_goes_on(transfer, tmp_path):
    transfer.train(2)
    transfer.z.save(tmp_path / "z.model")
    loaded = C.load_model(tmp_path / "z.model")
    np.testing.assert_array_equal(loaded.eval(SAMPLES), transfer.z.eval(SAMPLES))
    assert [p.name for p in loaded.parameters] == ["W", "b", "W", "b"]
    assert [c.name for c in loaded.constants] == [c.name for c in transfer.z.constants]
    frozen = {c.uid: c.value for c in loaded.constants}
    y = C.input_variable(3)
    learner = C.sgd(loaded.parameters, C.learning_parameter_schedule(0.3))
    trainer = C.Trainer(loaded, C.cross_entropy_with_softmax(loaded, y), [learner])
    trainer.train_minibatch({loaded.arguments[0]: SAMPLES, y: CLASSES})
    for constant in loaded.constants:
        same = np.array_equal(constant.value, frozen[constant.uid])
        assert same == (constant.name not in STATISTICS)


def test_two_clones_share_what_they_learn(transfer):
    first, second = transfer.z.clone("share"), transfer.z.clone("share")
    assert set(first.parameters) == set(second.parameters) == set(transfer.z.parameters)
    assert set(first.constants) == set(second.constants)
    before = second.eval(SAMPLES)
    transfer.train(3)
    np.testing.assert_array_equal(first.eval(SAMPLES), second.eval(SAMPLES))
    assert (second.eval(SAMPLES) != before).any()


def test_a_clone_of_what_is_frozen_is_frozen(transfer):
    copy = transfer.frozen.clone("clone", {transfer.frozen.arguments[0]: C.input_variable(4)})
    assert copy.parameters == ()
    originals = {c.uid for c in transfer.frozen.constants}
    assert not originals & {c.uid for c in copy.constants}


class TestMistakes:
    """What goes wrong is said with its place, and what to do."""

    def test_a_name_that_no_part_has(self, transfer):
        missing = transfer.loaded.find_by_name("featurs")
        with pytest.raises(AttributeError, match="Neither node can be None. try: find_by_name"):
            transfer.loaded.clone("freeze", {missing: C.placeholder()})
        with pytest.raises(AttributeError, match="nor has a part of the Function this name"):
            transfer.loaded.featurs  # noqa: B018

    def test_a_name_that_several_parts_have(self, transfer):
        with pytest.raises(ValueError, match="try: the part of one layer, such as model.h1.W"):
            transfer.loaded.find_by_name("W", depth=1)

    def test_a_new_input_of_another_size(self, transfer):
        with pytest.raises(ValueError, match="do not match the left operand's trailing"):
            transfer.loaded.clone("freeze", {transfer.loaded.x: C.input_variable(5)})

    def test_several_outputs_for_one(self, transfer):
        loaded = transfer.loaded
        both = C.combine([loaded.h1, loaded.head])
        with pytest.raises(TypeError, match="2 outputs of .* try: f.find_by_name"):
            loaded.clone("freeze", {loaded.x: both})

    def test_a_wrong_keyword(self, transfer):
        with pytest.raises(TypeError, match="unexpected keyword argument 'y'; arguments: .'in'."):
            transfer.frozen(y=transfer.x)
