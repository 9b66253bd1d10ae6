"""The loss against sums over all ways to spread the tokens, and against numbers of CNTK 2.7."""

from itertools import groupby, product

import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows

BLANK = 2
SCORES = np.log(np.float32([[0.6, 0.3, 0.1], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]))


def labels_of(tokens: list[int | None], width: int = 3) -> np.ndarray:
    """Return rows with a 2 where a token begins, with a 1 at other frames."""
    rows = np.zeros((len(tokens), width))
    for row, token in zip(rows, tokens):
        row[token or 0] = 1 if token is None else 2
    return rows


class Loss:
    """A loss on inputs of its own."""

    def __init__(self, blank=BLANK, delay=-1, width=3, dtype=np.float32, of=lambda loss: loss):
        self.labels = C.sequence.input_variable(width, dtype, needs_gradient=True)
        self.scores = C.sequence.input_variable(width, dtype, needs_gradient=True)
        graph, self.dtype = C.labels_to_graph(self.labels), dtype
        self.function = of(C.forward_backward(graph, self.scores, blank, delay))

    def feed(self, labels, scores) -> dict:
        return {
            self.labels: [x.astype(self.dtype) for x in labels],
            self.scores: [x.astype(self.dtype) for x in scores],
        }

    def value(self, labels, scores) -> float:
        return float(self.function.eval(self.feed(labels, scores)))

    def gradient(self, labels, scores) -> list[np.ndarray]:
        return self.function.grad(self.feed(labels, scores), [self.scores])


def enumerated(tokens: list[int], scores: np.ndarray, blank: int) -> float:
    """Return ``-log(p)``, p the sum over all rows of symbols that collapse to the tokens."""
    share = np.exp(scores.astype(np.float64))
    share /= share.sum(axis=1, keepdims=True)
    total = 0.0
    for symbols in product(range(scores.shape[1]), repeat=len(scores)):
        if [symbol for symbol, _ in groupby(symbols) if symbol != blank] == tokens:
            total += np.prod(share[np.arange(len(symbols)), symbols])
    return -np.log(total)


@pytest.mark.parametrize(
    "tokens, blank",
    [
        ([0, None, 1, None], 2),
        ([0, 0, 1, None], 2),
        ([0, None, None, 0], 1),
        ([1, 2, 1, None, None], 0),
        ([None, 1, None], 0),
        ([None, None], 2),
        ([1], 0),
    ],
)
def test_all_ways_are_counted(tokens, blank):
    scores = np.random.default_rng(len(tokens)).normal(size=(len(tokens), 3))
    named = [token for token in tokens if token is not None]
    found = Loss(blank, dtype=np.float64).value([labels_of(tokens)], [scores])
    assert found == pytest.approx(enumerated(named, scores, blank), rel=1e-12)


@pytest.mark.parametrize("delay", [-1, 0, 1, 2])
def test_gradient_is_the_derivative(delay):
    loss = Loss(delay=delay, dtype=np.float64)
    random = np.random.default_rng(delay + 1)
    labels = [labels_of([1, 0, None, None, 0, None]), labels_of([0]), labels_of([1, None, 0, None])]
    scores = [random.normal(size=x.shape) for x in labels]
    direction = [random.normal(size=x.shape) for x in labels]
    step = 1e-5
    ahead, behind = (
        loss.value(labels, [x + sign * step * d for x, d in zip(scores, direction)])
        for sign in (1, -1)
    )
    along = sum((g * d).sum() for g, d in zip(loss.gradient(labels, scores), direction))
    assert along == pytest.approx((ahead - behind) / (2 * step), rel=1e-7)


@pytest.mark.parametrize(
    "tokens, delay, value, first_and_last",
    [
        ([0, None, 1, None], -1, 1.278697, [[-0.3375, 0.3, 0.0375], [0.1, -0.08103, -0.01897]]),
        ([0, None, 0, None], -1, 3.098873, [[-0.34457, 0.3, 0.04457], [-0.47428, 0.1, 0.37428]]),
        ([0, 0, 1, None], -1, 6.032287, [[-0.4, 0.3, 0.1], [0.1, -0.9, 0.8]]),
        ([None] * 4, -1, 4.828314, [[0.6, 0.3, -0.9], [0.1, 0.1, -0.2]]),
        ([0, None, 1, None], 0, 1.278697, [[-0.3375, 0.3, 0.0375], [0.1, -0.08103, -0.01897]]),
        ([0, None, 1, None], 10, 1.278697, [[-0.3375, 0.3, 0.0375], [0.1, -0.08103, -0.01897]]),
    ],
)
def test_numbers_of_the_original(tokens, delay, value, first_and_last):
    loss, labels = Loss(delay=delay), [labels_of(tokens)]
    assert loss.value(labels, [SCORES]) == pytest.approx(value, abs=2e-6)
    gradient = loss.gradient(labels, [SCORES])[0]
    np.testing.assert_allclose(gradient[[0, -1]], first_and_last, atol=1e-5)


@pytest.mark.parametrize(
    "begins, delay, value",
    [
        ((0, 3, 7), -1, 10.795063),
        ((0, 3, 7), 0, 11.345975),
        ((0, 3, 7), 1, 11.622969),
        ((0, 3, 7), 2, 11.385931),
        ((0, 3, 7), 6, 11.214916),
        ((0, 3, 7), 11, 10.795063),
        ((2, 3, 7), 1, 11.622969),
        ((5,), 0, 14.956546),
        ((5,), 3, 16.177761),
        ((), 3, 1e11),
    ],
)
def test_limits_of_delay_of_the_original(begins, delay, value):
    """Equal scores: the value counts the ways that are left."""
    tokens = [begins.index(t) if t in begins else None for t in range(12)]
    found = Loss(blank=4, delay=delay, width=5).value([labels_of(tokens, 5)], [np.zeros((12, 5))])
    assert found == pytest.approx(value, rel=1e-6)


def test_sequences_do_not_meet():
    loss, random = Loss(delay=1, dtype=np.float64), np.random.default_rng(5)
    labels = [
        labels_of(tokens)
        for tokens in ([1, None], [0, 1, 0, None, 1, None, 1], [None], [1, None, None, 0, None])
    ]
    scores = [random.normal(size=x.shape) for x in labels]
    alone = [(loss.value([x], [y]), loss.gradient([x], [y])[0]) for x, y in zip(labels, scores)]
    assert loss.value(labels, scores) == pytest.approx(sum(value for value, _ in alone), rel=1e-12)
    for found, (_, expected) in zip(loss.gradient(labels, scores), alone):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_tokens_that_do_not_fit_cost_much_and_teach_nothing():
    loss, fits, does_not = Loss(), labels_of([0, None, 1, None]), labels_of([0, 0, 0, None])
    assert loss.value([does_not, does_not], [SCORES, SCORES]) == pytest.approx(2e11)
    found = loss.gradient([does_not, fits], [SCORES, SCORES])
    np.testing.assert_array_equal(found[0], np.zeros((4, 3)))
    np.testing.assert_array_equal(found[1], loss.gradient([fits], [SCORES])[0])


def test_each_sample_is_a_frame_without_a_sequence_axis():
    labels, scores = C.input_variable(3), C.input_variable(3, needs_gradient=True)
    loss = C.forward_backward(C.labels_to_graph(labels), scores, BLANK)
    tokens = labels_of([0, None, 1, None]).astype(np.float32)
    gradient, value = loss.grad({labels: tokens, scores: SCORES}, [scores], outputs=[loss.output])
    assert value == pytest.approx(3.54738, rel=1e-6)
    expected = [[-0.4, 0.3, 0.1], [0.5, 0.3, -0.8], [0.2, -0.7, 0.5], [0.1, 0.1, -0.2]]
    np.testing.assert_allclose(gradient, expected, atol=1e-6)


def test_the_gradient_follows_what_is_made_of_the_loss():
    labels = [labels_of([0, None, 1, None])]
    once, thrice = Loss(), Loss(of=lambda loss: 3 * loss)
    expected = 3 * once.gradient(labels, [SCORES])[0]
    np.testing.assert_allclose(thrice.gradient(labels, [SCORES])[0], expected, rtol=1e-6)


def test_labels_get_the_gradient_of_a_cross_entropy():
    loss = Loss(of=lambda loss: 3 * loss)
    data = loss.feed([labels_of([0, None, 1, None])], [SCORES])
    found = loss.function.grad(data, [loss.labels])
    np.testing.assert_allclose(found[0], -3 * SCORES, rtol=1e-5)


@pytest.mark.parametrize("shape", [(3, 1), (1, 3)])
def test_any_static_shape_of_one_size(shape):
    labels, scores = C.sequence.input_variable(3), C.sequence.input_variable(shape)
    loss = C.forward_backward(C.labels_to_graph(labels), scores, BLANK)
    data = {labels: [labels_of([0, None, 1, None]).astype(np.float32)]}
    value = loss.eval({**data, scores: [SCORES.reshape(4, *shape)]})
    assert value == pytest.approx(1.278697, rel=1e-6)


def test_sparse_labels():
    labels = C.sequence.input_variable(3, is_sparse=True)
    scores = C.sequence.input_variable(3)
    loss = C.forward_backward(C.labels_to_graph(labels), scores, BLANK)
    rows = SparseRows.from_dense(labels_of([0, None, 1, None]).astype(np.float32))
    assert loss.eval({labels: [rows], scores: [SCORES]}) == pytest.approx(1.278697, rel=1e-6)


def test_scores_far_apart():
    loss, labels = Loss(dtype=np.float64), [labels_of([0, None, 1, None])]
    assert loss.value(labels, [1000 * SCORES]) == pytest.approx(510.13248, rel=1e-6)
    assert np.isfinite(loss.gradient(labels, [1000 * SCORES])[0]).all()


def test_symbols_that_cannot_be():
    never = np.where(SCORES > -1, -np.inf, SCORES)
    loss, labels = Loss(), [labels_of([0, None, 1, None])]
    assert loss.value(labels, [never]) == pytest.approx(3.912023, rel=1e-6)
    assert np.isfinite(loss.gradient(labels, [never])[0]).all()


def test_nan_stays_nan():
    scores = SCORES.copy()
    scores[1, 0] = np.nan
    assert np.isnan(Loss().value([labels_of([0, None, 1, None])], [scores]))


def test_there_is_such_a_column():
    with pytest.raises(ValueError, match=r"blankTokenId \(3\) is not one of the 3 columns"):
        Loss(blank=3)


@pytest.mark.parametrize("blank, kind", [(-1, OverflowError), (1.5, TypeError), (None, TypeError)])
def test_the_blank_is_a_column(blank, kind):
    with pytest.raises(kind, match="blankTokenId is an integer"):
        Loss(blank=blank)


@pytest.mark.parametrize("delay", [None, 1.5, 2**31])
def test_the_delay_is_an_integer(delay):
    with pytest.raises(ValueError, match="delayConstraint"):
        Loss(delay=delay)


def test_sizes_agree():
    labels, scores = C.sequence.input_variable(4), C.sequence.input_variable(3)
    with pytest.raises(ValueError, match="must have the same total size"):
        C.forward_backward(C.labels_to_graph(labels), scores, 2)


def test_sequence_axes_agree():
    labels = C.sequence.input_variable(3, sequence_axis=C.Axis("other"))
    scores = C.sequence.input_variable(3)
    with pytest.raises(RuntimeError, match="dynamic axes, that do not match"):
        C.forward_backward(C.labels_to_graph(labels), scores, BLANK)


def test_there_are_sequences():
    with pytest.raises(RuntimeError, match="has no dynamic axes"):
        C.forward_backward(np.eye(3), C.sequence.input_variable(3), BLANK)


def test_parts_of_sequences_are_refused():
    loss = Loss()
    data = loss.feed([labels_of([0, None, 1, None])], [SCORES])
    with pytest.raises(RuntimeError, match="ForwardBackward needs all frames of a sequence"):
        loss.function.eval((data, [False]))
