"""Padded sequences: values, masks, free sizes, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

S = [np.array([[0, 1], [2, 3], [4, 5]], np.float32), np.array([[10, 11], [12, 13]], np.float32)]


def frames():
    return C.sequence.input_variable(2, needs_gradient=True)


def test_gaps_hold_the_padding_and_the_mask_says_where():
    s = frames()
    y = C.sequence.unpack(s, -1, name="u")
    values, mask = y.outputs
    assert (values.shape, mask.shape) == ((-3, 2), (-3,))
    assert (values.name, mask.name) == ("u", "u_UnpackSequenceMask")
    found = y.eval({s: S})
    assert found[values][1].tolist() == [[10, 11], [12, 13], [-1, -1]]
    assert found[mask].tolist() == [[1, 1, 1], [1, 1, 0]]


def test_the_mask_may_be_left_out():
    s = frames()
    y = C.sequence.unpack(s, np.inf, no_mask_output=True)
    assert len(y.outputs) == 1
    assert y.eval({s: S})[1, 2].tolist() == [np.inf, np.inf]


def test_gaps_have_no_gradient():
    s = frames()
    y = C.square(C.sequence.unpack(s, 5, no_mask_output=True))
    slopes = y.grad({s: S}, [s])
    for slope, part in zip(slopes, S):
        np.testing.assert_array_equal(slope, 2 * part)


def test_the_mask_stops_gradients():
    s = frames()
    mask = C.sequence.unpack(s, 0).outputs[1]
    slopes = (C.reduce_sum(s) * C.sequence.broadcast_as(C.reduce_sum(mask), s)).grad({s: S}, [s])
    assert slopes[0].tolist() == [[3, 3]] * 3
    assert slopes[1].tolist() == [[2, 2]] * 2


def test_the_longest_sequence_may_change_from_minibatch_to_minibatch():
    s = frames()
    y = C.reduce_sum(C.sequence.unpack(s, 0, no_mask_output=True), axis=0)
    for data in (S, S[1:], [np.ones((7, 2), np.float32)]):
        np.testing.assert_array_equal(y.eval({s: data})[:, 0], [part.sum(0) for part in data])


def test_sparse_sequences_become_dense():
    s = C.sequence.input_variable(3, is_sparse=True)
    y = C.sequence.unpack(s, 0, no_mask_output=True)
    found = y.eval({s: C.Value.one_hot([[0, 2], [1]], 3)})
    assert found.tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 0]]]


def test_there_must_be_a_sequence_axis():
    with pytest.raises(ValueError, match="has no sequence axis"):
        C.sequence.unpack(C.input_variable(2), 0)


def test_the_padding_is_a_number():
    with pytest.raises(ValueError, match="padding_value must be a number"):
        C.sequence.unpack(frames(), "a")
