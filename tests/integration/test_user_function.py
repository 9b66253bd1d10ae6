"""An operator written in Python."""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk import output_variable, user_function
from cntk.layers import Dense
from cntk.ops.functions import UserFunction

from .networks import clusters, losses_of_training


class MySigmoid(UserFunction):
    def __init__(self, arg, name="MySigmoid"):
        super(MySigmoid, self).__init__([arg], name=name)  # noqa: UP008

    def forward(self, argument, device=None, outputs_to_retain=None):
        sigmoid_x = 1 / (1 + np.exp(-argument))
        return sigmoid_x, sigmoid_x

    def backward(self, state, root_gradients):
        sigmoid_x = state
        return root_gradients * sigmoid_x * (1 - sigmoid_x)

    def infer_outputs(self):
        return [
            output_variable(self.inputs[0].shape, self.inputs[0].dtype, self.inputs[0].dynamic_axes)
        ]


def test_values_and_gradients_are_those_of_the_operator():
    x = C.input_variable(4, needs_gradient=True)
    data = np.linspace(-3, 3, 8, dtype="f").reshape(2, 4)
    mine, theirs = user_function(MySigmoid(x)), C.sigmoid(x)
    np.testing.assert_allclose(mine.eval(data), theirs.eval(data), rtol=1e-6)
    np.testing.assert_allclose(mine.grad(data), theirs.grad(data), rtol=1e-5)


def test_a_network_with_it_learns_as_one_with_the_operator():
    samples, classes = clusters(12, 5, 2)
    histories = []
    for activation in (lambda v: user_function(MySigmoid(v)), C.sigmoid):
        x, y = C.input_variable(5), C.input_variable(2)
        hidden = activation(Dense(6, init=C.glorot_uniform(seed=1))(x))
        z = Dense(2, init=C.glorot_uniform(seed=2))(hidden)
        learner = C.sgd(z.parameters, C.learning_parameter_schedule(1.0))
        trainer = C.Trainer(z, C.cross_entropy_with_softmax(z, y), [learner])
        histories.append(losses_of_training(trainer, {x: samples, y: classes}, 30))
    np.testing.assert_allclose(*histories, rtol=1e-4)
    assert histories[0][-1] < 0.5 * histories[0][0]


def test_it_is_a_part_of_the_graph():
    x = C.input_variable(4, name="x")
    model = user_function(MySigmoid(x)) * 2
    assert model.MySigmoid.output.shape == (4,)
    assert str(user_function(MySigmoid(x, "m"))) == "UserFunction(x: Tensor[4]) -> Tensor[4]"


def test_it_is_cloned_onto_another_input():
    x, y = C.input_variable(4), C.input_variable(4)
    twice = user_function(MySigmoid(x)) * 2
    copy = twice.clone("share", {x: y})
    data = np.ones((1, 4), "f")
    np.testing.assert_allclose(copy.eval({y: data}), twice.eval({x: data}))
