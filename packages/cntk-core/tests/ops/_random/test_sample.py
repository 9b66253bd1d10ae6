import numpy as np
import pytest

import cntk as C

WEIGHTS = np.float32([1, 2, 3, 4])


def choice(function):
    """Return the rows of a run as an array."""
    return function.eval(as_numpy=False).rows.to_dense()


def counts(function, runs=2000):
    return np.mean([choice(function).sum(axis=0) for _ in range(runs)], axis=0)


def test_choices_follow_the_weights():
    chosen = C.random_sample(WEIGHTS, 2, True, seed=1)
    assert chosen.shape == (2, 4)
    np.testing.assert_allclose(counts(chosen), [0.2, 0.4, 0.6, 0.8], atol=0.05)


def test_each_is_chosen_once_without_duplicates():
    chosen = C.random_sample(WEIGHTS, 4, False, seed=1)
    for _ in range(20):
        assert (choice(chosen).sum(axis=0) == 1).all()


def test_a_class_of_weight_zero_is_never_chosen():
    weights = np.float32([0, 1, 1, 0])
    for duplicates in (True, False):
        assert counts(C.random_sample(weights, 2, duplicates, seed=1), 50)[[0, 3]].max() == 0


def test_choices_are_made_anew_and_repeat_with_the_seed():
    first, again = (C.random_sample(np.ones(50), 3, True, seed=7) for _ in range(2))
    runs = [choice(first) for _ in range(2)]
    assert (runs[0] != runs[1]).any()
    assert all((run == choice(again)).all() for run in runs)


def test_choices_are_sparse_and_pick_rows_of_a_table():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    assert scipy_sparse.issparse(C.random_sample(WEIGHTS, 3, True, seed=1).eval())
    table = C.parameter(init=np.arange(8, dtype=np.float32).reshape(4, 2))
    picked = C.times(C.random_sample([0, 0, 1, 0], 3, True), table)
    assert picked.eval().tolist() == [[4, 5]] * 3
    gradient = picked.grad({}, [table])
    assert scipy_sparse.issparse(gradient)
    assert gradient.toarray().tolist() == [[0, 0], [0, 0], [3, 3], [0, 0]]


def test_frequency_without_duplicates_is_near_what_happens():
    frequency = C.random_sample_inclusion_frequency(WEIGHTS, 2, False, seed=1).eval()
    found = counts(C.random_sample(WEIGHTS, 2, False, seed=1))
    np.testing.assert_allclose(frequency, found, atol=0.08)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: C.random_sample(WEIGHTS, 0, True), "must be > 0"),
        (lambda: C.random_sample(WEIGHTS, 5, False), "at most the number of classes"),
        (lambda: C.random_sample(np.ones((2, 2)), 1, True), "must be a vector"),
        (lambda: C.random_sample(C.input_variable(4), 1, True), "no dynamic axes"),
        (lambda: C.random_sample([-1.0, 2.0], 1, True).eval(), "negative number -1.0"),
        (lambda: C.random_sample([0.0, 0.0], 1, True).eval(), "0 of 2 classes"),
        (lambda: C.random_sample([0.0, 1.0], 2, False).eval(), "1 of 2 classes"),
        (lambda: C.random_sample([np.inf, 1.0], 1, False).eval(), "finite"),
    ],
)
def test_what_cannot_be_chosen_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("duplicates", [True, False])
def test_a_row_of_weights_is_taken_as_tutorials_give_it(duplicates):
    weights = np.array([1, 2, 3, 4], "f")
    row = weights.reshape(1, 4)
    assert C.random_sample(row, 3, duplicates, seed=1).shape == (3, 4)
    frequency = C.random_sample_inclusion_frequency(weights, 3, duplicates, seed=1).eval()
    of_row = C.random_sample_inclusion_frequency(row, 3, duplicates, seed=1).eval()
    assert np.array_equal(of_row, frequency[None])
