"""Values: what they show of samples, sequences and sparse data."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

FRAMES = [np.arange(6, dtype=np.float32).reshape(2, 3), np.full((1, 3), 7, np.float32)]


def sequences(**options):
    return C.Value.create(C.sequence.input_variable(3), FRAMES, **options)


def test_a_ragged_value_has_the_shape_of_its_padded_array():
    value = sequences()
    assert value.shape == (2, 2, 3)
    assert len(value) == 2
    with pytest.warns(RuntimeWarning, match="drops the mask"):
        padded = value.asarray()
    np.testing.assert_array_equal(padded[1], [[7, 7, 7], [0, 0, 0]])


def test_sequences_come_back_in_the_order_of_the_user():
    for found, expected in zip(sequences().as_sequences(), FRAMES):
        np.testing.assert_array_equal(found, expected)


def test_samples_without_a_sequence_axis_come_back_one_by_one():
    value = C.Value.create(C.input_variable(3), FRAMES[0])
    assert [part.shape for part in value.as_sequences()] == [(3,), (3,)]


def test_the_mask_marks_begins_frames_and_gaps():
    assert sequences().mask.tolist() == [[2, 1], [2, 0]]
    assert sequences(seq_starts=[True, False]).mask.tolist() == [[2, 1], [1, 0]]


def test_equal_lengths_have_a_mask_only_if_a_sequence_goes_on():
    variable, data = C.sequence.input_variable(3), [FRAMES[0], FRAMES[0]]
    with pytest.raises(AttributeError, match="not ragged"):
        C.Value.create(variable, data).mask  # noqa: B018
    assert C.Value.create(variable, data, [True, False]).mask.tolist() == [[2, 1], [1, 1]]


def test_samples_have_no_mask():
    with pytest.raises(AttributeError, match="no sequences"):
        C.Value(np.ones((2, 3), np.float32)).mask  # noqa: B018


def test_one_hot_sequences():
    value = C.Value.one_hot([[1, 2], [0]], 3)
    assert value.is_sparse
    assert value.shape == (2, 2, 3)
    assert value.mask.tolist() == [[2, 1], [2, 0]]


def test_one_hot_samples_may_be_tensors():
    value = C.Value.one_hot([[1, 2, 3, 0]], (2, 4))
    assert value.shape == (1, 2, 2, 4)
    expected = np.eye(4)[[1, 2, 3, 0]].reshape(1, 2, 2, 4)
    np.testing.assert_array_equal(value.asarray(), expected)


def test_a_skipped_index_is_a_row_of_zeros():
    value = C.Value.one_hot([[C.Value.ONE_HOT_SKIP, 2]], 3)
    np.testing.assert_array_equal(value.asarray(), [[[0, 0, 0], [0, 0, 1]]])


@pytest.mark.parametrize("batch", [[[1], 0], [0, [1]], [[], [0]], [], 5, [[1.0]], [[True]]])
def test_one_hot_takes_ints_or_lists_of_ints(batch):
    with pytest.raises(ValueError, match="one_hot"):
        C.Value.one_hot(batch, 3)


def test_one_hot_tells_which_sequence_is_empty():
    with pytest.raises(ValueError, match="sequence 1 has none"):
        C.Value.one_hot([[1, 2], []], 3)


@pytest.mark.parametrize("index", [-1, 3])
def test_one_hot_refuses_an_index_that_is_no_class(index):
    with pytest.raises(ValueError, match=rf"\({index}\) exceeds vocabulary size \(3\)"):
        C.Value.one_hot([[0, index]], 3)


@pytest.mark.parametrize("num_classes", [0, -3, 2.5, "3", None, (), (2, 0)])
def test_one_hot_refuses_a_number_of_classes_that_is_none(num_classes):
    with pytest.raises(ValueError, match="num_classes must be a positive int"):
        C.Value.one_hot([0], num_classes)


def test_one_hot_data_are_floats():
    with pytest.raises(TypeError, match="'int' is not supported"):
        C.Value.one_hot([0], 3, dtype=int)


@pytest.mark.parametrize("shape", [(2, 3), (3,), (4, 1, 3)])
@pytest.mark.parametrize("make", [C.input_variable, C.sequence.input_variable])
def test_an_array_keeps_its_shape_until_it_is_fed(make, shape):
    variable, data = make(3), np.arange(np.prod(shape)).reshape(shape)
    value = C.Value.create(variable, data)
    assert value.shape == shape
    assert value.dtype == np.float32
    fed, expected = (C.alias(variable).eval({variable: part}) for part in (value, data))
    np.testing.assert_array_equal(np.concatenate(fed), np.concatenate(expected))


def test_a_variable_tells_whether_there_may_be_sequences():
    sequences, samples = C.sequence.input_variable(3), C.input_variable(3)
    ragged = C.Value([np.ones((2, 3), np.float32), np.ones((1, 3), np.float32)])
    assert len(ragged.as_sequences(sequences)) == 2
    with pytest.raises(ValueError, match="has no sequence axis; this is 2 sequences"):
        ragged.as_sequences(samples)
    single = C.Value([np.ones((1, 3), np.float32)] * 2)
    assert len(single.as_sequences(samples)) == 2


def test_views_of_sparse_rows_are_sequences_like_sparse_matrices():
    rows = C.Value.one_hot([0, 2], 3).data
    value = C.Value([rows, rows])
    assert value.is_sparse
    assert value.shape == (2, 2, 3)


def test_a_value_without_a_batch_axis_is_no_batch():
    with pytest.raises(ValueError, match="it has no batch axis"):
        C.Value(C.Value.create(C.constant([1, 2]), np.ones(2, np.float32)))


def test_a_sequence_without_frames_is_refused():
    with pytest.raises(RuntimeError, match="a least one frame long"):
        C.Value([np.zeros((0, 3), np.float32)])


class TestMemoryOfValues:
    """What scripts do with Values of CNTK 2.7 beside reading them."""

    def test_an_alias_shares_the_memory(self):
        value = C.Value(np.zeros((3, 2), "f"))
        value.alias().copy_from(C.Value(np.ones((3, 2), "f")))
        assert value.asarray().sum() == 6
        assert value.alias(True).is_read_only

    def test_what_does_not_fit(self):
        value = C.Value(np.zeros((3, 2), "f"))
        with pytest.raises(ValueError, match="is not same as the shape"):
            value.copy_from(C.Value(np.ones((2, 2), "f")))
        with pytest.raises(ValueError, match="written to a Value that allows it"):
            value.alias(True).copy_from(C.Value(np.ones((3, 2), "f")))

    def test_sequences_of_other_lengths(self):
        def value(*lengths):
            x = C.sequence.input_variable(2)
            return C.Value.create(x, [np.ones((n, 2), "f") for n in lengths])

        assert (value(3, 1).masked_count(), value(2, 2).masked_count()) == (2, 0)
        with pytest.raises(ValueError, match="lengths"):
            value(3, 1).copy_from(value(3, 2))

    def test_the_text(self):
        assert C.Value(np.zeros((3, 2), "f")).as_string() == "Value([3 x 2], CPU)"
