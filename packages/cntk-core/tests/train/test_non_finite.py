"""Losses and gradients that are no numbers: what is done, and what is said."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import cntk as C

BAD = {"NaN": np.nan, "infinity": np.inf}
RULES = ("raise", "skip", "zero")


@pytest.fixture
def policy():
    """Return a function that sets the policy for one test."""
    before = C.debugging.set_non_finite_policy("warn")
    yield C.debugging.set_non_finite_policy
    C.debugging.set_non_finite_policy(before)


class Network:
    """A network with batch normalization, momentum, and a minibatch of four samples."""

    def __init__(self) -> None:
        self.x, self.y = C.input_variable(3, name="x"), C.input_variable(2, name="y")
        self.weights = C.parameter((3, 2), init=C.normal(0.5, seed=3), name="W")
        h = C.layers.BatchNormalization()(C.times(self.x, self.weights))
        self.model = C.times(h, C.parameter((2, 2), init=C.normal(0.5, seed=4), name="V"))
        loss = C.squared_error(self.model, self.y)
        schedule = C.learning_parameter_schedule_per_sample(0.01)
        learner = C.momentum_sgd(self.model.parameters, schedule, 0.9)
        self.trainer = C.Trainer(self.model, (loss, loss), learner)
        random = np.random.default_rng(5)
        self.data = {
            self.x: random.normal(size=(4, 3)).astype("f"),
            self.y: random.normal(size=(4, 2)).astype("f"),
        }
        self.trainer.train_minibatch(self.data)

    def spoil(self, where: str, value: float) -> dict:
        """Put a bad number somewhere, and return the minibatch."""
        data = {variable: rows.copy() for variable, rows in self.data.items()}
        if where == "parameter":
            changed = self.weights.value
            changed[1, 0] = value
            self.weights.value = changed
        else:
            data[self.x if where == "data" else self.y][2, 1] = value
        return data

    def state(self) -> list[np.ndarray]:
        """Return all that training changes."""
        leaves = [*self.model.parameters, *self.model.constants]
        learner = self.trainer.parameter_learners[0]
        arrays = [a for arrays in learner.state for a in arrays.values()]
        held = [a.cell.read(a._shape, a._dtype) for a in arrays]
        return [np.array(leaf.value) for leaf in leaves] + [np.array(array) for array in held]


@pytest.mark.parametrize("where", ["data", "label", "parameter"])
@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
@pytest.mark.parametrize("rule", ["raise", "skip"])
def test_a_bad_minibatch_changes_nothing(rule, value, where, policy):
    policy(rule)
    network = Network()
    data = network.spoil(where, value)
    before = network.state()
    seen = network.trainer.total_number_of_samples_seen
    if rule == "raise":
        with pytest.raises(RuntimeError, match="the loss of a minibatch is"):
            network.trainer.train_minibatch(data)
    else:
        with pytest.warns(RuntimeWarning, match="the loss of a minibatch is"):
            assert network.trainer.train_minibatch(data) is False
    for one, other in zip(network.state(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert network.trainer.total_number_of_samples_seen == seen


def test_training_goes_on_after_a_skipped_minibatch(policy):
    policy("skip")
    network, other = Network(), Network()
    with pytest.warns(RuntimeWarning):
        network.trainer.train_minibatch(network.spoil("data", np.nan))
    for one in (network, other):
        assert one.trainer.train_minibatch(one.data)
    for one, expected in zip(network.state(), other.state(), strict=True):
        np.testing.assert_array_equal(one, expected)


def message_of(action) -> str:
    with pytest.raises(RuntimeError) as caught:
        action()
    return str(caught.value)


def test_the_rows_of_data_are_named(policy):
    policy("raise")
    network = Network()
    text = message_of(lambda: network.trainer.train_minibatch(network.spoil("data", np.nan)))
    assert "data      Input('x', [#], [3]): sample 2" in text
    assert "Input('y'" not in text
    assert "first     operator" in text


def test_a_bad_parameter_is_named(policy):
    policy("raise")
    network = Network()
    text = message_of(lambda: network.trainer.train_minibatch(network.spoil("parameter", np.inf)))
    assert "parameter Parameter('W', [], [3 x 2]) holds values that are not finite" in text
    assert "data " not in text


def test_the_first_operator_that_overflows_is_named(policy):
    policy("raise")
    x = C.input_variable(1)
    loss = C.square(C.exp(x * C.parameter(1, init=1), name="power") - 1)
    trainer = C.Trainer(None, loss, C.sgd(loss.parameters, 0.1))
    data = {x: np.array([[1], [100]], "f")}
    assert "Exp 'power'" in message_of(lambda: trainer.train_minibatch(data))


def test_frames_and_sparse_rows_are_named(policy):
    policy("raise")
    x, s = C.sequence.input_variable(1), C.input_variable(4, is_sparse=True)
    weight = C.parameter(1, init=1)
    loss = C.reduce_sum(x * weight)
    trainer = C.Trainer(None, loss, C.sgd([weight], 0.1))
    frames = [np.ones((2, 1), "f"), np.array([[1], [1], [np.nan]], "f")]
    assert "sequence 1 frame 2" in message_of(lambda: trainer.train_minibatch({x: frames}))
    table = C.parameter((4, 1), init=1)
    trainer = C.Trainer(None, C.times(s, table), C.sgd([table], 0.1))
    rows = C.Value.one_hot([[1], [2]], 4)
    table.value = np.array([[1], [np.nan], [1], [1]], "f")
    text = message_of(lambda: trainer.train_minibatch({s: rows}))
    assert "the loss of a minibatch is nan" in text
    assert f"parameter {table}" in text


def only_the_gradient_is_bad():
    """Return a trainer whose loss is finite where the gradient is not."""
    x = C.input_variable(2)
    weight = C.parameter(2, init=np.array([0, 4], "f"), name="w")
    loss = C.reduce_sum(C.sqrt(weight * x))
    return C.Trainer(None, loss, C.sgd([weight], C.learning_parameter_schedule_per_sample(1))), x


def test_a_gradient_that_is_not_finite(policy):
    policy("raise")
    trainer, x = only_the_gradient_is_bad()
    text = message_of(lambda: trainer.train_minibatch({x: np.ones((1, 2), "f")}))
    assert "the gradient of Parameter('w', [], [2]) is not finite" in text


def test_zero_takes_the_rest_of_the_gradient(policy):
    policy("zero")
    trainer, x = only_the_gradient_is_bad()
    with pytest.warns(RuntimeWarning, match="gradient of"):
        assert trainer.train_minibatch({x: np.ones((1, 2), "f")})
    (weight,) = trainer.loss_function.parameters
    np.testing.assert_allclose(weight.value, [0, 4 - 0.25])


def test_a_warning_comes_once_and_training_goes_on(policy):
    policy("warn")
    network = Network()
    data = network.spoil("data", np.nan)
    with pytest.warns(RuntimeWarning, match="set_non_finite_policy"):
        assert network.trainer.train_minibatch(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert network.trainer.train_minibatch(data)
    assert np.isnan(network.weights.value).any()


def test_ignore_says_nothing(policy):
    policy("ignore")
    network = Network()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert network.trainer.train_minibatch(network.spoil("data", np.nan))


@pytest.mark.parametrize("rule", RULES)
def test_large_numbers_that_are_finite_are_let_through(rule, policy):
    policy(rule)
    x = C.input_variable(2)
    weight = C.parameter(2, init=1)
    loss = C.reduce_sum(weight * x)
    trainer = C.Trainer(
        None, loss, C.sgd([weight], C.learning_parameter_schedule_per_sample(1e-30))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trainer.train_minibatch({x: np.full((1, 2), 1e30, "f")})


def test_an_unknown_policy():
    with pytest.raises(ValueError, match="policies  warn, raise, skip, zero, ignore"):
        C.debugging.set_non_finite_policy("stop")
