"""Recurrent stacks, against a plain recurrence over single frames."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files.write import model_dictionary
from cntk.storage import ModelFileError, dictionary_bytes

OPS = ("lstm", "gru", "rnnReLU", "rnnTanh")
SIZE, HIDDEN = 3, 2
RANDOM = np.random.default_rng(7)
FRAMES = [RANDOM.standard_normal((length, SIZE)) for length in (3, 1, 4)]
x = C.sequence.input_variable(SIZE, dtype=np.float64, needs_gradient=True, name="x")


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def plain_step(recurrent_op, wx, rh, h, c):
    """Return the next state and cell; wx and rh are with their biases, one row per gate."""
    if recurrent_op == "lstm":
        i, f, g, o = wx + rh
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c
    if recurrent_op == "gru":
        r, i = sigmoid(wx[:2] + rh[:2])
        n = np.tanh(wx[2] + r * rh[2])
        return (1 - i) * n + i * h, c
    (total,) = wx + rh
    return (np.maximum(total, 0) if recurrent_op == "rnnReLU" else np.tanh(total)), c


def plain_stack(frames, weights, recurrent_op, layers, bidirectional):
    """Return the states of the last layer, with weights taken one after the other."""
    gates = {"lstm": 4, "gru": 3}.get(recurrent_op, 1)
    directions = 1 + bidirectional
    sizes = [SIZE] + [HIDDEN * directions] * (layers - 1)
    flat = iter(np.ravel(weights))

    def take(*shape):
        return np.array([next(flat) for _ in range(int(np.prod(shape)))]).reshape(shape)

    matrices = [
        [(take(gates, HIDDEN, size), take(gates, HIDDEN, HIDDEN)) for _ in range(directions)]
        for size in sizes
    ]
    biases = [
        [(take(gates, HIDDEN), take(gates, HIDDEN)) for _ in range(directions)] for _ in sizes
    ]
    assert next(flat, None) is None
    for layer in range(layers):
        found = []
        for direction in range(directions):
            (w, r), (b, d) = matrices[layer][direction], biases[layer][direction]
            h = c = np.zeros(HIDDEN)
            states = []
            for frame in frames[::-1] if direction else frames:
                h, c = plain_step(recurrent_op, w @ frame + b, r @ h + d, h, c)
                states.append(h)
            found.append(states[::-1] if direction else states)
        frames = np.concatenate(found, axis=1)
    return frames


def drawn(recurrent_op, layers, bidirectional, operand=x):
    """Return (stack, weights); the weights have values that the plain recurrence can take."""
    weights = C.parameter(
        (C.InferredDimension, HIDDEN), init=C.uniform(0.8, seed=3), dtype=np.float64
    )
    stack = C.optimized_rnnstack(operand, weights, HIDDEN, layers, bidirectional, recurrent_op)
    return stack, weights


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("recurrent_op", OPS)
def test_ragged_sequences_give_what_a_plain_recurrence_gives(recurrent_op, layers, bidirectional):
    stack, weights = drawn(recurrent_op, layers, bidirectional)
    assert stack.shape == (HIDDEN * (1 + bidirectional),)
    for frames, found in zip(FRAMES, stack.eval({x: FRAMES}), strict=True):
        wanted = plain_stack(frames, weights.value, recurrent_op, layers, bidirectional)
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("recurrent_op", OPS)
def test_the_gradient_of_the_weights_is_the_slope_of_the_plain_recurrence(recurrent_op):
    stack, weights = drawn(recurrent_op, 2, True)
    gradient = stack.grad({x: FRAMES}, [weights])
    value = weights.value

    def total(at):
        return sum(plain_stack(f, at, recurrent_op, 2, True).sum() for f in FRAMES)

    for seed in range(3):
        direction = np.random.default_rng(seed).standard_normal(value.shape)
        slope = (total(value + 1e-6 * direction) - total(value - 1e-6 * direction)) / 2e-6
        np.testing.assert_allclose((gradient * direction).sum(), slope, rtol=1e-6)


def test_a_sample_without_sequence_axis_is_a_sequence_of_one_frame():
    sample = C.input_variable(SIZE, dtype=np.float64)
    weights = C.constant(np.linspace(-1, 1, 2 * 4 * HIDDEN * (SIZE + HIDDEN + 2)))
    data = np.concatenate(FRAMES)
    found = C.optimized_rnnstack(sample, weights, HIDDEN, 1, True).eval({sample: data})
    wanted = C.optimized_rnnstack(x, weights, HIDDEN, 1, True).eval({x: data[:, None]})
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-12)


def test_sparse_frames_give_what_dense_ones_give():
    from scipy.sparse import csr_matrix

    sparse = C.sequence.input_variable(SIZE, np.float64, is_sparse=True)
    stack, weights = drawn("lstm", 1, True)
    same = C.optimized_rnnstack(sparse, weights, HIDDEN, 1, True)
    rows = [frames * (frames > 0) for frames in FRAMES]
    for ours, theirs in zip(
        same.eval({sparse: [csr_matrix(frames) for frames in rows]}), stack.eval({x: rows})
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "fixed"),
    [((-1, 2), (28, 2)), ((-1,), (56,)), ((7, -1), (7, 8)), ((-1, -1), (28, 2))],
)
def test_open_sizes_of_the_weights_follow_from_their_number(given, fixed):
    weights = C.parameter(given, init=C.glorot_uniform())
    C.optimized_rnnstack(C.sequence.input_variable(3), weights, 2, 1)
    assert weights.shape == fixed


@pytest.mark.parametrize("shape", [(10, 2), (57,), (-1, 5)])
def test_weights_of_another_number_are_refused(shape):
    weights = C.parameter(shape, init=C.glorot_uniform())
    with pytest.raises(ValueError, match="on inputs of size 3 has 56 weights"):
        C.optimized_rnnstack(C.sequence.input_variable(3), weights, 2, 1)


def test_open_sizes_wait_for_the_operand():
    later = C.placeholder()
    weights = C.parameter((C.InferredDimension, 2))
    stack = C.optimized_rnnstack(later, weights, 2, 1)
    assert weights.shape == (-1, 2)
    stack.replace_placeholders({later: C.sequence.input_variable(3)})
    assert weights.shape == (28, 2)


@pytest.mark.parametrize(
    ("operand", "message"),
    [
        (C.sequence.input_variable((2, 3)), "must have rank 1; actual input rank is 2"),
        (C.sequence.input_variable(()), "must have rank 1; actual input rank is 0"),
        (C.sequence.input_variable(C.FreeDimension), "free dimension is unsupported"),
        (C.parameter((3,)), "must have at least one dynamic axis"),
    ],
    ids=["matrices", "numbers", "a free size", "no dynamic axis"],
)
def test_operands_that_are_no_sequences_of_vectors_are_refused(operand, message):
    with pytest.raises(ValueError, match=message):
        C.optimized_rnnstack(operand, C.parameter((28, 2)), 2, 1)


def test_weights_with_dynamic_axes_are_refused():
    with pytest.raises(ValueError, match="weights .* must not have dynamic axes"):
        C.optimized_rnnstack(C.sequence.input_variable(3), C.input_variable((28, 2)), 2, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, 1, False, "LSTM"), 'unsupported recurrent_op value "LSTM"'),
        ((2, 1, False, None), 'unsupported recurrent_op value "None"'),
        ((2, 1, False, ["lstm"]), "unsupported recurrent_op value"),
        ((2, 0), r"Number of layers \(0\) in OptimizedRNNStack operation must be > 0"),
        ((0, 1), r"Hidden size \(0\)"),
        ((-3, 1), r"Hidden size \(-3\)"),
        ((2.5, 1), "Hidden size .* must be an int, not 2.5"),
        ((2, "1"), "Number of layers .* must be an int, not '1'"),
        ((2, 1, "yes"), "bidirectional must be a bool, not 'yes'"),
    ],
)
def test_other_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        C.optimized_rnnstack(C.sequence.input_variable(3), C.parameter((28, 2)), *arguments)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("recurrent_op", "nope", 'unsupported recurrent_op value "nope"'),
        ("num_layers", 2**62, "has 221360928884514619400 weights"),
        ("num_layers", 0, "must be > 0"),
        ("hidden_size", 2**40, "the weights have the shape"),
    ],
)
def test_a_file_with_other_sizes_is_refused(key, value, message):
    weights = C.parameter((28, 2))
    stack = C.optimized_rnnstack(C.sequence.input_variable(3), weights, 2, 1)
    stack.root_function.arguments_by_name[key] = value
    with pytest.raises(ModelFileError, match=message):
        C.Function.load(dictionary_bytes(model_dictionary(stack)))


def test_it_learns_to_tell_sequences_apart():
    label, frames = C.input_variable(1), C.sequence.input_variable(1)
    weights = C.parameter((C.InferredDimension, 4), init=C.uniform(0.5, seed=1))
    states = C.sequence.last(C.optimized_rnnstack(frames, weights, 4, 1))
    found = C.reduce_sum(states, axis=0)
    loss = C.squared_error(found, label)
    learner = C.adam(loss.parameters, C.learning_parameter_schedule(0.1), 0.9)
    trainer = C.Trainer(found, (loss, None), [learner])
    data = [np.full((1 + i % 3, 1), i % 2, "f") for i in range(12)]
    wanted = np.array([[i % 2] for i in range(12)], "f")
    losses = []
    for _ in range(80):
        trainer.train_minibatch({frames: data, label: wanted})
        losses.append(trainer.previous_minibatch_loss_average)
    assert losses[-1] < 0.05 * losses[0]
