"""Tensors as sequences: lengths, axes, gradients, and what does not fit."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

X = np.arange(12, dtype=np.float32).reshape(2, 3, 2)


def tensors():
    return C.input_variable((3, 2), needs_gradient=True)


def sequence_of(x, lengths, **options):
    """Return the sequences of a batch for lengths that are fed."""
    v, n = tensors(), C.input_variable(())
    y = C.to_sequence(v, n, **options)
    return y.eval({v: x, n: np.array(lengths, np.float32)})


def test_all_of_each_sample():
    v = tensors()
    y = C.to_sequence(v, name="t")
    assert (y.shape, y.name) == ((2,), "t")
    assert y.dynamic_axes[1].name == f"toSequence_{v.uid}"
    np.testing.assert_array_equal(y.eval({v: X}), X)
    np.testing.assert_array_equal((y * y).grad({v: X}, [v]), 2 * X)


@pytest.mark.parametrize("lengths", [(2, 3), (1, 1), (3, 2), (2.9, 1.2)])
def test_a_length_for_each_sample(lengths):
    for found, sample, length in zip(sequence_of(X, lengths), X, lengths):
        np.testing.assert_array_equal(found, sample[: int(length)])


def test_what_is_cut_off_has_no_gradient():
    v, n = tensors(), C.input_variable(1)
    y = C.to_sequence(v, n)
    slopes = (y * y).grad({v: X, n: np.array([[2], [3]], np.float32)}, [v])
    expected = 2 * X
    expected[0, 2] = 0
    np.testing.assert_array_equal(slopes, expected)


def test_the_axis_takes_a_prefix():
    v = tensors()
    assert C.to_sequence(v, None, "words_").dynamic_axes[1].name == f"words_{v.uid}"


@pytest.mark.parametrize("lengths", [(4, 3), (np.nan, 3), (np.inf, 1)])
def test_a_length_beyond_the_axis_is_refused(lengths):
    with pytest.raises(ValueError, match="sample 0 is to have"):
        sequence_of(X, lengths)


@pytest.mark.parametrize("lengths", [(3, 0), (3, 0.9), (3, -1)])
def test_a_sequence_without_frames_is_refused(lengths):
    with pytest.raises(RuntimeError, match="a least one frame long.* Sample 1"):
        sequence_of(X, lengths)


def test_what_does_not_fit_is_refused_where_it_is_built():
    v, s = tensors(), C.sequence.input_variable(2)
    for apply, words in (
        (lambda: C.to_sequence(s), "axes != 1"),
        (lambda: C.to_sequence(C.input_variable(())), "rank >= 1"),
        (lambda: C.to_sequence(C.parameter((3, 2))), "must have dynamic axes"),
        (lambda: C.to_sequence(v, C.input_variable(2)), "must be a scalar"),
        (lambda: C.to_sequence(v, 3), "do not match second"),
        (lambda: C.to_sequence(v, s), "do not match second|must be a scalar"),
        (lambda: C.to_sequence(v, None, 5), "must be a str"),
        (lambda: C.to_sequence_like(v, v), "must be a sequence"),
        (lambda: C.to_sequence_like(s, s), "axes != 1"),
    ):
        with pytest.raises(ValueError, match=words):
            apply()


def test_the_axis_and_lengths_of_another_sequence():
    v, s = tensors(), C.sequence.input_variable(1)
    y = C.to_sequence_like(v, s)
    assert y.dynamic_axes == s.dynamic_axes
    feed = {v: X, s: [np.ones((3, 1), np.float32), np.ones((2, 1), np.float32)]}
    assert [part.shape for part in (y * s).eval(feed)] == [(3, 2), (2, 2)]
    assert y.grad(feed, [v])[1].tolist() == [[1, 1], [1, 1], [0, 0]]


@pytest.mark.parametrize("lengths", [(4, 1), (3,)])
def test_the_other_sequence_must_fit(lengths):
    v, s = tensors(), C.sequence.input_variable(1)
    frames = [np.ones((n, 1), np.float32) for n in lengths]
    with pytest.raises(ValueError, match="ToSequenceLikeOp|number of samples"):
        C.to_sequence_like(v, s).eval({v: X, s: frames})


def test_there_and_back_is_the_same():
    s = C.sequence.input_variable(2, needs_gradient=True)
    data = [np.ones((n, 2), np.float32) * n for n in (2, 4, 1)]
    frames = C.sequence.unpack(s, 0, no_mask_output=True)
    for found, part in zip(C.to_sequence_like(frames, s).eval({s: data}), data):
        np.testing.assert_array_equal(found, part)
