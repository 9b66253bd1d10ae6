import numpy as np
import pytest

import cntk as C
from cntk.learners.row_steps import RowSteps


@pytest.fixture
def steps():
    return RowSteps(C.parameter((4, 2), init=1))


def test_rows_count_the_updates_that_passed_them_by(steps):
    assert steps.missed(np.array([0, 2]), 1).tolist() == [0, 0]
    assert steps.missed(np.array([2]), 2).tolist() == [0]
    assert steps.missed(np.array([0, 2, 3]), 5).tolist() == [3, 2, 4]


def test_what_is_stored_can_be_restored(steps):
    assert steps.stored().shape == ()
    steps.missed(np.array([1]), 3)
    again = RowSteps(C.parameter((4, 2), init=1))
    assert again.fits(steps.stored())
    again.restore(steps.stored())
    assert again.by_rows
    assert again.missed(np.array([0, 1]), 4).tolist() == [3, 0]


def test_rows_of_another_parameter_do_not_fit(steps):
    assert not steps.fits(np.zeros(5))
    assert not steps.fits(np.zeros(4, np.float32))


@pytest.mark.parametrize("make", [lambda p: C.adadelta(p, 1.0), lambda p: C.adam(p, 0.1, 0.9),
                                  lambda p: C.momentum_sgd(p, 0.1, 0.9)])  # fmt: skip
def test_a_resumed_run_is_the_run_that_was_not_interrupted(make):
    def prepared():
        x = C.input_variable(6, is_sparse=True)
        table = C.parameter((6, 2), init=np.arange(12, dtype=np.float32).reshape(6, 2))
        loss = C.reduce_sum(C.square(C.times(x, table)))
        return C.Trainer(None, loss, make([table])), x, table

    minibatches = [[0, 1], [1, 4], [3], [0, 5], [1, 0, 3], [4]]
    trainer, x, table = prepared()
    other, y, resumed = prepared()
    for i, words in enumerate(minibatches):
        trainer.train_minibatch({x: C.Value.one_hot(words, 6)})
        if i == 2:
            resumed.value = table.value
            other.parameter_learners[0].restore_from_checkpoint(
                trainer.parameter_learners[0].create_checkpoint()
            )
        if i > 2:
            other.train_minibatch({y: C.Value.one_hot(words, 6)})
    np.testing.assert_array_equal(resumed.value, table.value)


def test_rows_of_other_parameters_are_refused_in_a_checkpoint():
    table = C.parameter((3, 2), init=1)
    learner = C.adadelta([table], 1.0)
    learner.update({table: C.Value.one_hot([0, 1, 0], 2).rows}, 1)
    checkpoint = learner.create_checkpoint()
    checkpoint["row_steps"] = [np.zeros(7)]
    with pytest.raises(ValueError, match="row_steps"):
        learner.restore_from_checkpoint(checkpoint)
