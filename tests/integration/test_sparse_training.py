"""Training on sparse data: the numbers of dense ones, without arrays as wide as the data."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cntk as C
from cntk.autodiff import gradients
from cntk.execution.lower import Lowering
from cntk.execution.session import ones_like
from cntk.execution.symbols import PlanGraph, Step
from cntk.sparse import Storage

WORDS, WIDTH = 7, 4

sentences = st.lists(
    st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=4), min_size=1, max_size=3
)


def embedded(x, tables):
    return C.times(x, tables[0])


def added(x, tables):
    return C.times(x, tables[0]) * C.times(x, tables[1])


def shared(x, tables):
    return C.times(C.times(x, tables[0]), C.transpose(tables[0], (1, 0)))


def scaled(x, tables):
    return C.times(x, tables[0] * tables[1]) - C.times(x, tables[1])


def recurrent(x, tables):
    return C.layers.Recurrence(C.layers.RNNStep(3, init=0.5))(C.times(x, tables[0]))


def one_of_sequence(x, tables):
    return C.times(C.sequence.last(x), tables[0]) + C.sequence.first(C.times(x, tables[1]))


NETS = [embedded, added, shared, scaled, recurrent, one_of_sequence]


def trained(net, is_sparse, minibatches, target):
    """Return the parameters after training by plain gradient descent."""
    x = C.sequence.input_variable(WORDS, is_sparse=is_sparse)
    start = np.linspace(-1, 1, WORDS * WIDTH, dtype=np.float32).reshape(WORDS, WIDTH)
    tables = [C.parameter((WORDS, WIDTH), init=np.sin(k * start), name=f"t{k}") for k in (1, 2)]
    loss = C.reduce_sum(C.square(net(x, tables) - target))
    parameters = sorted(loss.parameters, key=lambda p: (p.name, p.shape))
    trainer = C.Trainer(None, loss, C.sgd(parameters, 0.05))
    for words in minibatches:
        data = C.Value.one_hot(words, WORDS)
        if not is_sparse:
            data = [np.eye(WORDS, dtype=np.float32)[w] for w in words]
        trainer.train_minibatch({x: data})
    return [p.value for p in parameters]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NETS), st.lists(sentences, min_size=1, max_size=3), st.floats(-1, 1))
def test_sparse_data_train_like_dense_ones(net, minibatches, target):
    by_rows = trained(net, True, minibatches, target)
    whole = trained(net, False, minibatches, target)
    for ours, theirs in zip(by_rows, whole):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def steps_of_training(loss):
    """Return the steps that the loss and the gradients to its parameters need."""
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([loss.output])
    leaves = [lowering.symbol_of[p] for p in loss.parameters]
    found = gradients(graph, [(top, ones_like(top))], leaves)
    pending = [top, *(symbol for symbol in found if symbol is not None)]
    needed: dict[int, Step] = {}
    while pending:
        step = pending.pop().source
        if isinstance(step, Step) and step.number not in needed:
            needed[step.number] = step
            pending.extend(step.operands)
    return list(needed.values())


HUGE = 100_000


@pytest.mark.parametrize("name", ["classifier", "labels", "sampled softmax"])
def test_no_step_makes_a_dense_array_as_wide_as_the_data(name):
    x = C.sequence.input_variable(HUGE, is_sparse=True)
    table = C.parameter((HUGE, 16))
    hidden = C.times(x, table)
    if name == "classifier":
        loss = C.reduce_sum(C.square(C.layers.Dense(2)(hidden)))
    elif name == "labels":
        label = C.sequence.input_variable(HUGE, is_sparse=True)
        loss = C.reduce_sum(C.square(hidden - C.times(label, table)))
    else:
        label = C.sequence.input_variable(HUGE, is_sparse=True)
        sample = C.random_sample(C.parameter((HUGE,), init=1), 20, True)
        others = C.times_transpose(C.times(sample, table), hidden)
        right = C.reduce_sum(C.times(label, table) * hidden)
        loss = C.reduce_log_sum_exp(C.splice(right, C.reshape(others, -1))) - right
    for step in steps_of_training(loss):
        for output in step.all_outputs:
            assert math.prod(output.shape) < HUGE or output.storage is not Storage.DENSE, step


def test_sparse_labels_of_a_softmax_stay_sparse():
    z = C.sequence.input_variable(HUGE, needs_gradient=True)
    label = C.sequence.input_variable(HUGE, is_sparse=True)
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([C.cross_entropy_with_softmax(z, label).output])
    gradients(graph, [(top, ones_like(top))], [lowering.symbol_of[z]])
    readers = [step for step in graph.steps if lowering.symbol_of[label] in step.operands]
    assert "densify" not in {step.operator.name for step in readers}


def test_memory_of_ragged_sequences_is_that_of_their_frames():
    x = C.sequence.input_variable(100)
    z = C.sequence.last(C.layers.Dense(50, C.tanh)(x))
    data = [np.ones((n, 100), np.float32) for n in (1000, *[1] * 255)]
    assert z.eval({x: data}).shape == (256, 50)
    (_, program) = next(iter(z.__dict__["_programs"].values()))
    (instance,) = program.plan._pool._idle
    assert instance.raw.nbytes < 3 * 1255 * 50 * 4  # padded, one layer would take 51 MB
