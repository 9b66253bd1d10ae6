"""Products and convolutions that go on with a chain: any size, formula and number of threads."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.debugging import explain
from cntk.layers import Convolution2D, Dense, MaxPooling, Recurrence, RNNStep
from cntk.native.kernels import winograd
from cntk.operators.declare import registry
from cntk.ops._convolution.convolve import convolve
from cntk.ops._linear.times import times
from cntk.testing.backends import only

random = np.random.default_rng(7)


def numbers(*shape: int) -> np.ndarray:
    return random.normal(0, 0.5, shape).astype(np.float32)


def parameter(*shape: int):
    return C.parameter(init=numbers(*shape))


FORMULAS = {
    "a bias": lambda z, b, x: z + b,
    "relu": lambda z, b, x: C.relu(z + b),
    "tanh": lambda z, b, x: C.tanh(b - z),
    "a number": lambda z, b, x: 0.5 - C.sigmoid(2 * z),
    "rows": lambda z, b, x: C.relu(z * b + x),
    "twice": lambda z, b, x: z * C.sigmoid(z + b),
    "a factor of each row": lambda z, b, x: z * C.reduce_sum(x),
    "select": lambda z, b, x: C.element_select(C.greater(z, b), z, x),
}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("rows, k, columns", [(1, 3, 1), (3, 1, 3), (17, 17, 17), (2, 300, 1030),
                                              (1, 300, 1030)])  # fmt: skip
def test_products(compared, formula, rows, k, columns):
    x, other = C.input_variable(k), C.input_variable(columns)
    z = FORMULAS[formula](C.times(x, parameter(k, columns)), parameter(columns), other)
    z = z if z.shape else z + parameter(1)
    data = {x: numbers(rows, k), other: numbers(rows, columns)}
    assert "contract then chain(" in explain(z)
    compared(lambda: [z.eval({a: data[a] for a in z.arguments})], "contract then chain",
             rtol=1e-4, atol=1e-4)  # fmt: skip


def test_results_of_a_chain_in_between_are_kept(compared):
    x = C.input_variable(5)
    h = C.relu(C.times(x, parameter(5, 7)) + parameter(7))
    both = C.combine([h, C.exp(h) - 1])
    data = numbers(6, 5)
    compared(lambda: list(both.eval({x: data}).values()), "contract then chain")


def test_one_hot_data(compared):
    x = C.input_variable(100)
    z = Dense(9, activation=C.tanh)(x)
    data = np.eye(100, dtype=np.float32)[random.integers(0, 100, 40)]
    compared(lambda: [z.eval({x: data})], "contract then chain")


def test_views_between_a_product_and_a_chain(compared):
    x = C.input_variable(4)
    z = C.relu(C.reshape(C.times(x, parameter(4, 6)), (2, 3)) + parameter(2, 3))
    data = numbers(5, 4)
    compared(lambda: [z.eval({x: data})], "contract then chain")


@pytest.mark.parametrize("state", [1, 3, 17, 65])
@pytest.mark.parametrize("backwards", [False, True])
def test_products_in_loops_leave_chains_to_themselves(compared, state, backwards):
    x = C.sequence.input_variable(3)
    z = Recurrence(RNNStep(state, activation=C.tanh), go_backwards=backwards)(x)
    data = [numbers(n, 3) for n in (4, 1, 9, 2)]

    def action():
        slopes = z.grad({x: data}, list(z.parameters))
        return [np.concatenate(z.eval({x: data})), *slopes.values()]

    assert "contract then chain" not in explain(z)[explain(z).index("scan(") :]
    compared(action, "contract", "chain", rtol=1e-4, atol=1e-5)


def convolved(x, filters: int, window: int, **options):
    """Return a convolution, its bias and a pooling, which takes images with their channels last."""
    w = parameter(filters, x.shape[0], window, window)
    return C.convolution(w, x, auto_padding=[False, True, True], **options)


def pooled(z):
    return MaxPooling((2, 2), strides=2, pad=True)(z)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("rows, channels, filters, size", [
    (2, 32, 32, 12), (1, 35, 49, 17), (3, 16, 17, 11), (1, 1, 3, 5),
])  # fmt: skip
def test_winograds_convolutions(compared, monkeypatch, formula, rows, channels, filters, size):
    monkeypatch.setattr(winograd, "pays", lambda geometry, rows: True)
    x, other = C.input_variable((channels, size, size)), C.input_variable((filters, size, size))
    z = convolved(x, filters, 3)
    z = pooled(FORMULAS[formula](z, parameter(filters, 1, 1), other))
    assert "convolve then chain(" in explain(z) and "winograd" in explain(z)
    data = {x: numbers(rows, *x.shape), other: numbers(rows, *other.shape)}
    compared(lambda: [z.eval({a: data[a] for a in z.arguments})], "convolve then chain",
             rtol=1e-4, atol=1e-3)  # fmt: skip


@pytest.mark.parametrize("lanes", [4, 8])
@pytest.mark.parametrize("filters", [36, 40, 49])  # whole vectors or not
def test_winograd_with_other_vectors(compared, monkeypatch, lanes, filters):
    class Narrow(winograd.WinogradLaunch):
        def __init__(self, name, places, ints, rows) -> None:
            super().__init__(name, places, [*ints[:-1], lanes], rows=rows)

    monkeypatch.setattr(winograd, "pays", lambda geometry, rows: True)
    monkeypatch.setattr(winograd, "WinogradLaunch", Narrow)
    x, other = C.input_variable((16, 10, 7)), C.input_variable((filters, 10, 7))
    z = pooled(FORMULAS["rows"](convolved(x, filters, 3), parameter(filters, 1, 1), other))
    data = {x: numbers(2, *x.shape), other: numbers(2, *other.shape)}
    compared(lambda: [z.eval(data)], "convolve then chain", rtol=1e-4, atol=1e-3)


def test_the_gradient_of_relu_in_winograds(compared, monkeypatch):
    monkeypatch.setattr(winograd, "pays", lambda geometry, rows: True)
    x = C.input_variable((16, 9, 9), needs_gradient=True)
    h = C.relu(convolved(C.relu(convolved(x, 18, 3) + parameter(18, 1, 1)), 16, 3))
    z = C.reduce_sum(C.square(h))
    data = numbers(2, 16, 9, 9)
    compared(lambda: [z.grad({x: data}, [x])], "convolve_data_gradient then chain",
             rtol=1e-3, atol=1e-2)  # fmt: skip


ONEDNN = {
    "a bias": lambda z, b, c, x: z + b,
    "relu": lambda z, b, c, x: C.relu(z + b),
    "normalization": lambda z, b, c, x: C.relu(z * b + c),
    "a residual sum": lambda z, b, c, x: C.relu(z * b + c + x),
    "a difference": lambda z, b, c, x: C.tanh(x - z - b),
    "a quotient": lambda z, b, c, x: C.sigmoid(z) / (2 + C.abs(b)),
    "numbers": lambda z, b, c, x: 1 - C.tanh(2 * z - 0.5),
    "exp": lambda z, b, c, x: C.exp(C.negate(C.abs(z))) + 1,
}


@pytest.mark.parametrize("formula", ONEDNN)
@pytest.mark.parametrize("rows, channels, filters, window, stride, groups", [
    (2, 8, 16, 1, 1, 1), (3, 3, 17, 5, 2, 1), (1, 1, 1, 3, 2, 1), (2, 6, 4, 3, 2, 2),
])  # fmt: skip
def test_onednns_convolutions(formula, rows, channels, filters, window, stride, groups):
    x = C.input_variable((channels, 9, 9))
    w = parameter(filters, channels // groups, window, window)
    steps = (channels, stride, stride)
    z = C.convolution(w, x, steps, auto_padding=[False, True, True], groups=groups)
    other = C.input_variable(z.shape)
    z = ONEDNN[formula](z, parameter(filters, 1, 1), parameter(filters, 1, 1), other)
    z = pooled(z)
    data = {x: numbers(rows, *x.shape), other: numbers(rows, *other.shape)}
    data = {a: data[a] for a in z.arguments}
    if filters > 1:  # one channel has one order, which is not called last
        assert "convolve then chain(" in explain(z)
    with only("numpy"):
        expected = z.eval(data)
    np.testing.assert_allclose(z.eval(data), expected, rtol=1e-4, atol=1e-5)


def test_what_onednn_has_no_words_for_stays_a_chain():
    x = C.input_variable((4, 9, 9))
    z = convolved(x, 8, 5)
    z = pooled(C.element_select(C.greater(z, 0), z, 0.1 * z))
    assert "= chain(" in explain(z) and "then chain" not in explain(z)
    data = numbers(2, 4, 9, 9)
    with only("numpy"):
        expected = z.eval(data)
    np.testing.assert_allclose(z.eval(data), expected, rtol=1e-4, atol=1e-5)


def test_relu_of_what_is_no_number_and_of_zeros():
    x = C.input_variable((1, 6, 6))
    z = pooled(C.relu(C.convolution(C.parameter((16, 1, 1, 1), init=1), x, (1, 1, 1))))
    assert "convolve then chain(" in explain(z)
    data = np.array([[np.nan, np.inf, -1], [-0.0, 0, 1e-37], [-1e-37, 3e38, -3e38]], np.float32)
    (found,) = z.eval({x: np.kron(data, np.ones((2, 2), np.float32))[None, None]})
    for channel in found:
        np.testing.assert_array_equal(channel, np.where(data < 0, 0, data))
        assert not np.signbit(channel[data < 0]).any()


def test_without_rows_nothing_is_computed(network, monkeypatch):
    monkeypatch.setattr(winograd, "pays", lambda geometry, rows: True)
    net = network(0)
    relu, plus = registry["relu"], registry["plus"]
    x = net.leaf(16, 8, 8, has_rows=True)
    for window in (1, 3):
        w, bias = net.leaf(32, 16, window, window), net.leaf(32, 1, 1)
        options = {"strides": (16, 1, 1), "auto_padding": (False, True, True)}
        x2 = relu(plus(convolve(w, x, **options), bias))
        wanted = [convolve(net.leaf(8, 32, 1, 1), x2, **{**options, "strides": (32, 1, 1)})]
        plan = net.check(wanted).plan
        assert "convolve then chain" in {step.operator.name for step in plan.steps}
    vector = net.leaf(5, has_rows=True)
    plan = net.check([relu(plus(times(vector, net.leaf(5, 3)), net.leaf(3)))]).plan
    assert [step.operator.name for step in plan.steps] == ["contract then chain"]


def test_numbers_of_64_bits_have_chains_of_their_own(compared):
    with C.default_options(dtype=np.float64):
        x = C.input_variable(5)
        z = Dense(4, activation=C.relu)(x)
    data = numbers(3, 5).astype(np.float64)
    assert "then chain" not in explain(z) and "chain(" in explain(z)
    compared(lambda: [z.eval({x: data})], "chain")


def test_a_network_is_trained_alike():
    def losses() -> list[float]:
        C.cntk_py.set_fixed_random_seed(3)
        try:
            x, y = C.input_variable((3, 12, 12)), C.input_variable(4)
            h = Convolution2D(3, 32, pad=True, activation=C.relu)(x)
            h = pooled(Convolution2D(3, 32, pad=True, activation=C.relu)(h) + h)
            z = Dense(4)(Dense(9, activation=C.tanh)(h))
        finally:
            C.cntk_py.reset_random_seed(3)
        trainer = C.Trainer(z, C.cross_entropy_with_softmax(z, y), C.sgd(z.parameters, 0.05))
        found = []
        for seed in range(6):
            of = np.random.default_rng(seed)
            data = of.normal(size=(10, 3, 12, 12)).astype(np.float32)
            trainer.train_minibatch(
                {x: data, y: np.eye(4, dtype=np.float32)[of.integers(0, 4, 10)]}
            )
            found.append(trainer.previous_minibatch_loss_average)
        return found

    with only("numpy"):
        expected = losses()
    np.testing.assert_allclose(losses(), expected, rtol=1e-4)
