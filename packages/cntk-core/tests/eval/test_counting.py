"""How many samples a minibatch has for a loss or metric that has reduced them; as in CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

ALL, BATCH = C.Axis.all_axes(), C.Axis.default_batch_axis()
x = C.sequence.input_variable(2, sequence_axis=C.Axis("x"), name="x")
y = C.sequence.input_variable(2, sequence_axis=C.Axis("y"), name="y")
z = C.input_variable(2, name="z")
w = C.parameter(2, init=0.5)
# 5 frames of x, 9 of y, 2 samples
DATA = {
    x: [np.ones((n, 2), np.float32) for n in (2, 3)],
    y: [np.ones((n, 2), np.float32) for n in (4, 5)],
    z: np.ones((2, 2), np.float32),
}


def total(operand):
    return C.reduce_sum(operand * w, axis=ALL)


def data(function):
    return {v: DATA[v] for v in function.arguments}


def block(inside, *bindings):
    return C.as_block(inside, bindings, "Block", "block")


def block_of_two():
    p, q = C.placeholder(), C.placeholder()
    return block(total(q) + total(p), (p, x), (q, z))


def block_of_all():
    p = C.placeholder()
    return block(C.reduce_sum(p, axis=ALL), (p, z))


@pytest.mark.parametrize(
    ("loss", "samples"),
    [
        (lambda: C.reduce_sum(x * w), 5),
        (lambda: total(x), 5),
        (lambda: total(x) * 2, 5),
        (lambda: total(C.sequence.last(x)), 2),
        (lambda: total(x * C.sequence.broadcast_as(C.sequence.last(y), x)), 5),
        (lambda: total(z * C.sequence.last(x) * C.sequence.last(y)), 2),
        (lambda: total(x) + total(z), 5),
        (lambda: total(z) + total(x), 2),
        (lambda: C.exp(C.exp(total(x) * 0)) + total(z), 5),
        (lambda: C.reduce_sum(w * w) + (total(z) + total(x)), 2),
        (lambda: C.times(C.reshape(total(x), 1), C.reshape(total(z), (1, 1))), 2),
        (lambda: C.element_select(total(x), total(y), total(z)), 5),
        (lambda: C.reduce_sum(C.unpack_batch(z * w)), 2),
        (block_of_two, 5),
    ],
)
def test_training_counts_what_it_meets_first(loss, samples):
    loss = loss()
    learner = C.sgd([w], C.learning_parameter_schedule_per_sample(0))
    trainer = C.Trainer(None, loss, [learner])
    trainer.train_minibatch(data(loss))
    assert trainer.previous_minibatch_sample_count == samples
    found = loss.eval(data(loss))
    whole = sum(map(np.sum, found)) if isinstance(found, list) else np.sum(found)
    assert trainer.previous_minibatch_loss_average == pytest.approx(whole / samples)


@pytest.mark.parametrize(
    ("metric", "average"),
    [
        (lambda: C.reduce_sum(z), 2),
        (lambda: C.reduce_sum(z, axis=ALL), 4 / 2),
        (lambda: C.reduce_mean(z, axis=ALL), 1 / 2),
        (lambda: C.reduce_sum(z, axis=[BATCH, 0]), 4 / 2),
        (block_of_all, 4 / 2),
        (lambda: C.reduce_sum(C.reduce_sum(z, axis=BATCH)), 4),
        (lambda: C.reduce_sum(z, axis=ALL) * 2, 8),
        (lambda: C.reduce_sum(C.sequence.last(x), axis=ALL), 4 / 2),
        (lambda: C.reduce_sum(x, axis=ALL), 10 / 5),
        (lambda: C.reduce_sum(x, axis=ALL) / C.reduce_sum(z, axis=ALL), 10 / 4),
        (lambda: C.reduce_sum(C.unpack_batch(z)), 4),
        (block_of_two, 7),
    ],
)
def test_a_test_counts_the_operand_of_a_reduction_or_one(metric, average):
    metric = metric()
    evaluator = C.eval.Evaluator(metric)
    assert evaluator.test_minibatch(data(metric)) == pytest.approx(average)


def tokens(*numbers):
    return np.eye(4, dtype=np.float32)[list(numbers)]


def test_what_reduces_within_one_operation_is_counted_by_its_first_operand():
    found, right = C.sequence.input_variable(4), C.sequence.input_variable(4)
    sequences = {
        found: [tokens(0, 1, 2), tokens(3, 3, 3, 3, 3)],
        right: [tokens(1, 2, 3), tokens(0, 1, 2, 0, 1)],
    }
    edits = C.edit_distance_error(found, right)
    assert C.eval.Evaluator(edits).test_minibatch(sequences) == pytest.approx(7 / 8)
    assert C.eval.Evaluator(edits * 1).test_minibatch(sequences) == 7

    scores, gains, groups = (C.input_variable(1) for _ in range(3))
    ranked = {
        scores: [[1], [2], [3], [4]],
        gains: [[0], [1], [2], [1]],
        groups: [[0]] * 2 + [[1]] * 2,
    }
    ranked = {variable: np.array(rows, np.float32) for variable, rows in ranked.items()}
    ndcg = C.ndcg_at_1(scores, gains, groups)
    assert C.eval.Evaluator(ndcg).test_minibatch(ranked) == pytest.approx(100 / 4)


def test_trainers_test_as_evaluators_do():
    overlap = 2 * C.reduce_sum(z * w, axis=ALL) / C.reduce_sum(z + w, axis=ALL)
    learner = C.sgd([w], C.learning_parameter_schedule_per_sample(0))
    trainer = C.Trainer(None, (total(x), overlap), [learner])
    trainer.train_minibatch({v: DATA[v] for v in (x, z)})
    value = overlap.eval({z: DATA[z]})
    assert trainer.previous_minibatch_evaluation_average == pytest.approx(value / 5)
    assert trainer.test_minibatch({z: DATA[z]}) == pytest.approx(value)


def test_a_metric_that_is_one_number_is_the_same_in_a_combination():
    """CNTK 2.7 counts one sample for the combination, and gives 4 times as much."""
    x = C.input_variable(3)
    metric = C.reduce_mean(C.square(x), axis=C.Axis.all_axes())
    data = {x: np.arange(12, dtype=np.float32).reshape(4, 3)}
    for function in (metric, C.combine([metric])):
        assert C.Evaluator(function).test_minibatch(data) == pytest.approx(506 / 12 / 4)
