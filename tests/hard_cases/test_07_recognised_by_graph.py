"""A block is what its inside computes: its name is never evidence.

Anybody may name a block as one of ours, in a script or in a file; options and substitutions change
what is inside ours. Fast kernels bind to what is computed, so that the result is that of the inner
graph each time.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import GRU, LSTM, Dense, Recurrence, RNNStep

DATA = np.array([[1, 2, 4], [-3, 4, 0]], "f")
pytestmark = pytest.mark.usefixtures("kernels")

NAMES = [
    "Softmax", "LogSoftmax", "CrossEntropyWithSoftmax", "ClassificationError", "ReLU", "ELU",
    "BatchNormalization", "LayerNormalization", "Dropout", "Dense", "Convolution", "LSTM", "GRU",
    "RNNStep", "Sequence::Softmax", "Sequence::BroadcastAs", "Minus", "PastValue",
]  # fmt: skip


@pytest.fixture
def x():
    return C.input_variable(3, needs_gradient=True, name="x")


def impostor(name, operand):
    """Return a block with a name of ours that doubles and adds one."""

    @C.BlockFunction(name, "fake")
    def double(a):
        return a * 2 + 1

    return double(operand)


@pytest.mark.parametrize("name", NAMES)
class TestImpostors:
    def test_it_computes_what_is_inside(self, x, name):
        f = impostor(name, x)
        assert (f.root_function.op_name, f.root_function.is_block) == (name, True)
        np.testing.assert_array_equal(f.eval({x: DATA}), DATA * 2 + 1)
        np.testing.assert_array_equal(f.grad({x: DATA}, [x]), np.full_like(DATA, 2))

    def test_from_a_file(self, x, name, tmp_path):
        impostor(name, C.tanh(x)).save(str(tmp_path / "m"))
        loaded = C.load_model(str(tmp_path / "m"))
        assert loaded.root_function.op_name == name
        found = loaded.eval({loaded.arguments[0]: DATA})
        np.testing.assert_allclose(found, np.tanh(DATA) * 2 + 1, rtol=1e-5)

    def test_in_a_loss_with_ours(self, x, name):
        """A fused loss must not take the impostor for the softmax before it."""
        y = C.input_variable(3)
        label = np.eye(3, dtype="f")[[0, 2]]
        f = C.cross_entropy_with_softmax(impostor(name, x), y)
        z = DATA * 2 + 1
        expected = np.log(np.exp(z).sum(1)) - (z * label).sum(1)
        np.testing.assert_allclose(f.eval({x: DATA, y: label})[:, 0], expected, rtol=1e-5)


class TestLookAlikes:
    """Formulas that are almost a known one."""

    def check(self, f, x, expected):
        np.testing.assert_allclose(f.eval({x: DATA}), expected, rtol=1e-5)

    def test_a_softmax_of_two_different_arguments(self, x):
        largest = C.reduce_max(x)
        f = C.exp(x - largest) / C.reduce_sum(C.exp(2 * (x - largest)))
        shifted = DATA - DATA.max(1, keepdims=True)
        self.check(f, x, np.exp(shifted) / np.exp(2 * shifted).sum(1, keepdims=True))

    def test_a_softmax_with_the_smallest_taken_off(self, x):
        powers = C.exp(x - C.reduce_min(x))
        e = np.exp(DATA - DATA.min(1, keepdims=True))
        self.check(powers / C.reduce_sum(powers), x, e / e.sum(1, keepdims=True))

    def test_a_softmax_without_the_largest_taken_off(self, x):
        e = np.exp(DATA)
        self.check(C.exp(x) / C.reduce_sum(C.exp(x)), x, e / e.sum(1, keepdims=True))

    def test_a_mean_instead_of_the_sum(self, x):
        powers = C.exp(x - C.reduce_max(x))
        e = np.exp(DATA - DATA.max(1, keepdims=True))
        self.check(powers / C.reduce_mean(powers), x, e / e.mean(1, keepdims=True))

    def test_a_cross_entropy_of_two_scores(self, x):
        label = C.Constant([0, 1, 0])
        f = C.reduce_log_sum_exp(x) - C.reduce_sum(label * (x * 3))
        expected = np.log(np.exp(DATA).sum(1)) - 3 * DATA[:, 1]
        self.check(f, x, expected)

    def test_a_cross_entropy_along_another_axis(self):
        z = C.input_variable((2, 3))
        data, label = np.arange(6, dtype="f").reshape(1, 2, 3), np.eye(2, 3, dtype="f")
        f = C.reduce_log_sum_exp(z, axis=0) - C.reduce_sum(C.Constant(label) * z, axis=1)
        expected = np.log(np.exp(data).sum(1, keepdims=True)) - (data * label).sum(2, keepdims=True)
        np.testing.assert_allclose(f.eval({z: data}), expected, rtol=1e-5)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class TestChangedInsides:
    """Cells whose inside options or substitutions have changed."""

    FRAMES = np.random.default_rng(1).standard_normal((4, 3)).astype("f")

    def run_lstm(self, layer, activation, gate=sigmoid):
        """Return what the layer computes, and what its parameters say that it is."""
        s = C.sequence.input_variable(3)
        f = layer(s)
        found = f.eval({s: [self.FRAMES]})[0]
        of_name = {p.name: p.value for p in f.parameters}
        h = c = np.zeros(2, "f")
        expected = []
        for frame in self.FRAMES:
            i, g, o, r = np.split(of_name["b"] + frame @ of_name["W"] + h @ of_name["H"], 4)
            # CNTK's order: input gate, proposal, forget gate, output gate
            c = gate(o) * c + gate(i) * activation(g)
            h = gate(r) * activation(c)
            expected.append(h)
        return found, np.array(expected)

    def test_the_usual_cell(self):
        np.testing.assert_allclose(*self.run_lstm(Recurrence(LSTM(2)), np.tanh), rtol=1e-4)

    def test_an_activation_by_argument(self):
        layer = Recurrence(LSTM(2, activation=C.relu))
        np.testing.assert_allclose(
            *self.run_lstm(layer, lambda v: np.maximum(v, 0)), rtol=1e-4, atol=1e-6
        )

    @pytest.mark.parametrize("cell", [LSTM, GRU, RNNStep])
    def test_an_activation_by_default_options(self, cell):
        """The option reaches the cell exactly as the argument does, and does change it."""
        results = []
        s = C.sequence.input_variable(3)
        for make in (
            lambda: cell(2, activation=C.relu, init=C.glorot_uniform(seed=1)),
            lambda: cell(2, init=C.glorot_uniform(seed=1)),
        ):
            with C.default_options_for(cell, activation=C.relu):
                f = Recurrence(make())(s)
            results.append(f.eval({s: [self.FRAMES]})[0])
        np.testing.assert_array_equal(*results)
        plain = Recurrence(cell(2, activation=C.tanh, init=C.glorot_uniform(seed=1)))(s)
        assert np.abs(plain.eval({s: [self.FRAMES]})[0] - results[0]).max() > 1e-3

    def test_a_substituted_inside(self):
        """The sigmoids inside a dense layer's block become something else."""
        x = C.input_variable(3)
        f = Dense(2, activation=C.sigmoid, init=C.glorot_uniform(seed=1))(x)
        assert f.root_function.is_block
        changed = C.misc.convert(
            f, lambda node: node.op_name == "StableSigmoid", lambda node: C.square(*node.inputs)
        )
        before, after = f.eval({x: DATA}), changed.eval({changed.arguments[0]: DATA})
        logit = np.log(before / (1 - before))
        np.testing.assert_allclose(after, logit**2, rtol=1e-3)

    def test_a_clone_with_another_operand(self, x):
        hidden = C.tanh(x)
        f, y = C.softmax(hidden * 2), C.input_variable(3)
        clone = f.clone("share", {hidden.output: C.cos(y).output})
        e = np.exp(2 * np.cos(DATA))
        found = clone.eval({y: DATA})
        np.testing.assert_allclose(found, e / e.sum(1, keepdims=True), rtol=1e-4)
