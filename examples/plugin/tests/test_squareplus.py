"""The operator: its values, its gradient, its place among the toolkit's names."""

import numpy as np
import pytest

import cntk as C
from cntk.testing import operator_cases


def test_it_is_published_under_its_name():
    from cntk_example.squareplus import squareplus

    assert C.squareplus is squareplus


@pytest.mark.parametrize("case", operator_cases([C.squareplus]), ids=str)
def test_it_does_what_its_declaration_says(case):
    case.run()


@pytest.mark.parametrize("b", [0.5, 4.0])
def test_values_and_gradient(b):
    points = np.linspace(-3, 3, 7).reshape(7, 1)
    x = C.input_variable(1, dtype=np.float64, needs_gradient=True)
    y = C.squareplus(x, b=b)
    root = np.sqrt(points**2 + b)
    np.testing.assert_allclose(y.eval({x: points}), (points + root) / 2, rtol=1e-14)
    np.testing.assert_allclose(y.grad({x: points}), (1 + points / root) / 2, rtol=1e-12)


def test_it_learns_inside_a_network():
    x, target = C.input_variable(1), C.input_variable(1)
    w = C.parameter((1, 1), init=-1)
    model = C.squareplus(C.times(x, w))
    learner = C.sgd([w], C.learning_parameter_schedule(0.2))
    trainer = C.Trainer(model, (C.squared_error(model, target), None), [learner])
    points = np.linspace(-1, 1, 9, dtype=np.float32).reshape(9, 1)
    wanted = (2 * points + np.sqrt(4 * points**2 + 4)) / 2
    for _ in range(200):
        trainer.train_minibatch({x: points, target: wanted})
    assert w.value.item() == pytest.approx(2, abs=1e-3)
