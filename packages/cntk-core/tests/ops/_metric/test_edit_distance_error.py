"""Numbers printed by CNTK 2.7, and what is refused."""

import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows

FOUND, LABELS = [1, 1, 2, 0, 3], [1, 2, 4, 3, 3]


def error_of(found, labels, *arguments, dtype=np.float32, **named) -> float:
    a, b = (C.sequence.input_variable(5, dtype) for _ in range(2))
    one_hot = np.eye(5, dtype=dtype)
    error = C.edit_distance_error(a, b, *arguments, **named)
    result = error.eval({a: [one_hot[x] for x in found], b: [one_hot[x] for x in labels]})
    assert result.dtype == dtype
    assert result.shape == ()
    return float(result)


@pytest.mark.parametrize(
    "found, labels, arguments, expected",
    [
        ([FOUND], [LABELS], (), 3),
        ([FOUND], [LABELS], (1, 1, 1, True), 1.25),
        ([FOUND], [LABELS], (1, 1, 1, False, [0]), 3),
        # tokens to ignore keep their neighbours apart
        ([[1, 0, 1]], [[1, 1, 2]], (1, 1, 1, True, [0]), 1.5),
        ([[1, 0, 1]], [[1, 2, 1]], (1, 1, 1, True, [0]), 1),
        # the share is one of the second operand's tokens
        ([[0, 0, 0]], [[1, 2, 1]], (1, 1, 1, True, [0]), 3),
        ([[0, 0, 0], [1, 2]], [[1, 2, 1], [1, 1]], (1, 1, 1, False, [0]), 4),
        ([[1, 2, 1]], [[0, 0, 0]], (1, 1, 1, True, [0]), np.inf),
        # sequences of several lengths
        ([[1, 2, 3], [1, 2]], [[1, 2, 1], [1, 1]], (), 2),
        ([[1, 1, 3], [1, 2, 1, 1]], [[1, 2, 1], [1, 1, 2, 2]], (1, 1, 1, True), 4.2),
        ([[1], [2], [3]], [[1], [1], [3]], (), 1),
        # penalties choose the way; edits are counted
        ([[1, 2, 3]], [[1, 4, 3]], (1.5, 7, 9), 1),
        ([[1, 2, 3]], [[1, 4, 3]], (100, 7, 9), 2),
        ([[1, 2, 3]], [[1, 3, 0]], (100, 7, 9, False, [0]), 1.5),
        ([[1, 2, 3]], [[1, 2, 4]], (1, 1, 1, False, [9]), 1),
    ],
)
def test_numbers_of_the_original(found, labels, arguments, expected):
    assert error_of(found, labels, *arguments) == pytest.approx(expected, rel=1e-6)


def test_nothing_to_compare_is_no_error():
    assert error_of([[0, 0]], [[0, 0]], tokensToIgnore=[0]) == 0


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_element_types(dtype):
    assert error_of([FOUND], [LABELS], 1.1, dtype=dtype) == 3


def test_the_first_of_equal_scores_is_the_token():
    a, b = C.sequence.input_variable(3), C.sequence.input_variable(3)
    error, scores = C.edit_distance_error(a, b), np.float32([[1, 1, 0], [0, 2, 2]])
    assert error.eval({a: [scores], b: [np.float32([[1, 0, 0], [0, 1, 0]])]}) == 0
    assert error.eval({a: [scores], b: [np.float32([[0, 1, 0], [0, 0, 1]])]}) == 2


def test_each_sample_is_a_frame_without_a_sequence_axis():
    a, b = C.input_variable(4), C.input_variable(4)
    one_hot = np.eye(4, dtype=np.float32)
    data = {a: one_hot, b: one_hot[[1, 2, 3, 0]]}  # an edit less if they were one sequence
    assert C.edit_distance_error(a, b).eval(data) == 4


def test_a_label_for_a_whole_sequence_counts_at_each_frame():
    a, b = C.sequence.input_variable(4), C.input_variable(4)
    one_hot = np.eye(4, dtype=np.float32)
    error = C.edit_distance_error(a, b)
    assert error.eval({a: [one_hot[[0, 1, 2]], one_hot[[1, 1]]], b: one_hot[[0, 1]]}) == 2


def test_sparse_labels():
    a, b = C.sequence.input_variable(5), C.sequence.input_variable(5, is_sparse=True)
    one_hot = np.eye(5, dtype=np.float32)
    data = {a: [one_hot[FOUND]], b: [SparseRows.from_dense(one_hot[LABELS])]}
    assert C.edit_distance_error(a, b).eval(data) == 3


def test_attributes_and_text_of_the_original():
    a, b = C.sequence.input_variable(5, name="a"), C.sequence.input_variable(5)
    error = C.edit_distance_error(a, b, 1.5, 2, 3, True, [0, 2], name="e")
    assert error.root_function.attributes == {
        "SubstitutionPenalty": 1.5,
        "DeletionPenalty": 2.0,
        "InsertionPenalty": 3.0,
        "SquashInputs": True,
        "TokensToIgnore": [0, 2],
    }
    operands = "a: Sequence[Tensor[5]], Sequence[Tensor[5]]"
    assert str(error) == f"e: EditDistanceError({operands}) -> np.float32"


def test_reported_by_a_trainer():
    x, labels = C.sequence.input_variable(3), C.sequence.input_variable(3)
    one_hot = np.eye(3, dtype=np.float32)
    z = C.times(x, C.parameter(init=one_hot))
    error = C.edit_distance_error(z, labels)
    loss = C.cross_entropy_with_softmax(z, labels)
    schedule = C.learning_parameter_schedule(0.0)
    trainer = C.Trainer(z, (loss, error), [C.sgd(z.parameters, schedule)])
    data = {x: [one_hot[[0, 1, 2]], one_hot[[1, 1]]], labels: [one_hot[[0, 0, 2]], one_hot[[1, 2]]]}
    trainer.train_minibatch(data)
    assert trainer.previous_minibatch_evaluation_average == pytest.approx(2 / 5)


@pytest.mark.parametrize(
    "arguments, text",
    [
        (("a",), "subPen is a finite number"),
        ((1, np.nan), "delPen is a finite number"),
        ((1, 1, np.inf), "insPen is a finite number"),
        ((1, 1, 1, 1), "squashInputs is True or False"),
        ((1, 1, 1, False, [-1]), "tokensToIgnore are integers from 0 on"),
        ((1, 1, 1, False, [1.5]), "tokensToIgnore are integers from 0 on"),
        ((1, 1, 1, False, 1), "tokensToIgnore are integers from 0 on"),
    ],
)
def test_arguments(arguments, text):
    with pytest.raises(ValueError, match=text):
        error_of([[1]], [[1]], *arguments)


def test_shapes_agree():
    a, b = C.sequence.input_variable(3), C.sequence.input_variable(4)
    with pytest.raises(ValueError, match=r"EditDistanceError: .* shape '\[3\]' is not compatible"):
        C.edit_distance_error(a, b)


def test_sequence_axes_agree():
    a = C.sequence.input_variable(3)
    b = C.sequence.input_variable(3, sequence_axis=C.Axis("other"))
    with pytest.raises(RuntimeError, match="dynamic axes, that do not match"):
        C.edit_distance_error(a, b)


def test_there_are_sequences():
    with pytest.raises(RuntimeError, match="has no dynamic axes"):
        C.edit_distance_error([[1, 0]], [[0, 1]])
