from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.function import Function
from cntk.layers import AttentionModel

from ..gradients import assert_right_gradients
from ..sequences import some_sequences

encoder = C.sequence.input_variable(
    4, name="e", dtype=np.float64, sequence_axis=C.Axis("source"), needs_gradient=True
)
decoder = C.sequence.input_variable(3, name="d", dtype=np.float64, needs_gradient=True)
batch = C.input_variable(3, name="b", dtype=np.float64)
ENCODED = some_sequences(4, (3, 1, 4))
DECODED = some_sequences(3, (2, 4, 1))
DATA = {encoder: ENCODED, decoder: DECODED}


def model(**options) -> Function:
    with C.default_options(dtype=np.float64):
        return AttentionModel(attention_dim=2, **options)(encoder, decoder)


def weights(function) -> list[np.ndarray]:
    """Return the matrices of encoder, decoder and hidden layer."""
    by_shape = {p.shape: p.value for p in function.parameters if p.name == "W"}
    return [by_shape[4, 2], by_shape[3, 2], by_shape[2, 1]]


def attended(function, frames, state, penalty=None):
    """Return what one decoder state attends in the frames of one sequence."""
    U, W, v = weights(function)
    logits = np.tanh(state @ W + frames @ U) @ v[:, 0]
    if penalty is not None:
        logits = logits + penalty
    exp = np.exp(logits - logits.max())
    return (exp / exp.sum()) @ frames


def test_each_decoder_frame_attends_all_encoder_frames():
    function = model()
    assert (function.shape, function.dynamic_axes) == ((4,), decoder.dynamic_axes)
    for found, frames, states in zip(function.eval(DATA), ENCODED, DECODED, strict=True):
        expected = [attended(function, frames, state) for state in states]
        np.testing.assert_allclose(found, expected, 1e-9)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_a_span_of_frames(go_backwards):
    function = model(attention_span=2, attention_axis=-3, go_backwards=go_backwards)
    assert function.shape == (1, 1, 4)
    for found, frames, states in zip(function.eval(DATA), ENCODED, DECODED, strict=True):
        window = (frames if go_backwards else frames[::-1])[:2]
        missing = 2 - len(window)
        window = np.concatenate([window, np.zeros((missing, 4))])
        penalty = np.array([0, -50 * missing])
        expected = [attended(function, window, state, penalty) for state in states]
        np.testing.assert_allclose(found.reshape(-1, 4), expected, 1e-9)


def test_parameters():
    names = [p.name for p in model().parameters]
    assert sorted(names) == ["W"] * 3 + ["alpha"] * 4
    assert [p.name for p in model(enable_self_stabilization=False).parameters] == ["W"] * 3
    assert all((w == 0.5).all() for w in weights(model(init=0.5)))


def test_options_of_a_scope():
    with C.default_options(init=0.5, enable_self_stabilization=False):
        function = model()
    assert [p.name for p in function.parameters] == ["W"] * 3
    assert all((w == 0.5).all() for w in weights(function))


def test_the_weights_are_found_by_name():
    function = model()
    found = C.combine([function.attention_weights]).eval(DATA)
    np.testing.assert_allclose(found[0].sum(axis=1), np.ones((2, 1)), 1e-9)
    np.testing.assert_allclose(found[1][:, 1:], 0)  # frames that a shorter sequence lacks


def test_names():
    layer = AttentionModel(2)
    assert [a.name for a in layer.arguments] == ["encoder_hidden_state", "decoder_hidden_state"]
    assert layer.name == ""
    assert model(name="att").output.name == "att"


def test_a_decoder_that_is_no_sequence():
    with C.default_options(dtype=np.float64):
        function = AttentionModel(2)(encoder, batch)
    found = function.eval({encoder: ENCODED, batch: np.ones((3, 3))})
    expected = [attended(function, frames, np.ones(3)) for frames in ENCODED]
    np.testing.assert_allclose(found, expected, 1e-9)


@pytest.mark.parametrize("options", [{}, {"attention_span": 2, "attention_axis": -3}])
def test_gradients(options):
    function = model(**options)
    wanted = [encoder, decoder, *function.parameters]
    assert_right_gradients(function, DATA, wanted, tolerance=1e-6)


def test_a_file_keeps_it(tmp_path):
    function = model()
    function.save(tmp_path / "model")
    loaded = Function.load(tmp_path / "model")
    given = {a: DATA[{"e": encoder, "d": decoder}[a.name]] for a in loaded.arguments}
    for ours, theirs in zip(loaded.eval(given), function.eval(DATA), strict=True):
        np.testing.assert_allclose(ours, theirs, 1e-12)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"attention_span": 4}, "attention_axis cannot be None when attention_span is not None"),
        ({"attention_axis": -3}, "attention_span cannot be None when attention_axis is not None"),
        ({"attention_span": 0, "attention_axis": -3}, "attention_span must be a positive value"),
    ],
)
def test_span_and_axis_come_together(options, message):
    with pytest.raises(ValueError, match=message):
        AttentionModel(3, **options)


def test_an_encoder_that_is_no_sequence():
    with pytest.raises(ValueError, match="has no sequence axis"):
        AttentionModel(3)(batch, decoder)


def test_both_are_needed():
    with pytest.raises(TypeError, match="expected 2 arguments, got 1"):
        AttentionModel(3)(encoder)
