"""A learner written in Python."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Dense

from .networks import clusters, losses_of_training

of_the_talk_it_warns = pytest.mark.filterwarnings("ignore:.* in future versions")


def of_the_talk():
    from cntk.learner import UserLearner

    return UserLearner


def of_the_library():
    from cntk.learners import UserLearner

    return UserLearner


@pytest.fixture(params=[of_the_talk, of_the_library], ids=["cntk.learner", "cntk.learners"])
def MySgd(request):
    UserLearner = request.param()

    class MySgd(UserLearner):
        def __init__(self, parameters, lr_schedule):
            super(MySgd, self).__init__(parameters, lr_schedule)  # noqa: UP008

        def update(self, gradient_values, training_sample_count, sweep_end):
            eta = self.learning_rate() / training_sample_count
            for p, g in gradient_values.items():
                new_p = p - eta * C.constant(g)
                p.set_value(new_p.eval(as_numpy=False).data())
            return True

    return MySgd


def history(make_learner) -> list[float]:
    samples, classes = clusters(12, 5, 2)
    x, y = C.input_variable(5), C.input_variable(2)
    z = Dense(2, init=C.glorot_uniform(seed=1))(x)
    trainer = C.Trainer(z, C.cross_entropy_with_softmax(z, y), [make_learner(z.parameters)])
    return losses_of_training(trainer, {x: samples, y: classes}, 10)


@of_the_talk_it_warns
def test_it_learns_as_sgd(MySgd):
    mine = history(lambda parameters: MySgd(parameters, C.learning_parameter_schedule(0.5)))
    theirs = history(lambda parameters: C.sgd(parameters, C.learning_parameter_schedule(0.5)))
    np.testing.assert_allclose(mine, theirs, rtol=1e-4)
    assert mine[-1] < 0.5 * mine[0]


@of_the_talk_it_warns
def test_data_is_a_property_as_well():
    value = (C.parameter(2, init=3) * 2).eval(as_numpy=False)
    np.testing.assert_array_equal(value.data.asarray(), [6, 6])
    np.testing.assert_array_equal(value.data().asarray(), [6, 6])


@pytest.mark.parametrize("as_numpy", [True, False])
@pytest.mark.parametrize("read", ["asarray", "to_ndarray"])
def test_gradients_are_read_as_views_are(as_numpy, read):
    class Descent(C.learners.UserLearner):
        def update(self, gradient_values, training_sample_count, sweep_end):
            for parameter, gradient in gradient_values.items():
                array = getattr(gradient, read)()
                assert type(array) is np.ndarray
                parameter.value -= self.learning_rate() * array
            return True

    x, w = C.input_variable(1), C.parameter(1, init=1)
    trainer = C.Trainer(None, C.reduce_sum(w * x), [Descent([w], 0.5, as_numpy)])
    trainer.train_minibatch({x: np.float32([[3], [5]])})
    assert w.value == [-3]
