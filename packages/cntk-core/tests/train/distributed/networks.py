"""A network of one layer, and minibatches of 7 and 12 samples for it."""

from __future__ import annotations

import numpy as np

import cntk as C

RATE = C.learning_parameter_schedule(0.1)
SIZES = (7, 12, 12, 7, 12, 12, 7, 12)


class Network:
    """A trainer, its learner, and the weights that it trains.

    Args:
        learner: function of parameters that returns the learner.
        around: function of that which returns the learner of the trainer.
    """

    def __init__(self, learner, around):
        self.x, self.y = C.input_variable(3), C.input_variable(2)
        start = np.random.RandomState(1).randn(3, 2)
        self.weights, bias = C.parameter(init=start.astype(np.float32)), C.parameter(2)
        z = C.times(self.x, self.weights) + bias
        loss = C.squared_error(z, self.y)
        self.learner = around(learner([self.weights, bias]))
        self.trainer = C.Trainer(z, (loss, loss), [self.learner])

    def step(self, i):
        """Train on minibatch ``i``; return the first weight."""
        random = np.random.RandomState(0)
        features, targets = random.randn(8, 12, 3), random.randn(8, 12, 2)
        self.trainer.train_minibatch({
            self.x: features[i, : SIZES[i]].astype(np.float32),
            self.y: targets[i, : SIZES[i]].astype(np.float32),
        })  # fmt: skip
        return self.first

    @property
    def first(self):
        """The first weight."""
        return float(self.weights.value[0, 0])


def descent(parameters):
    return C.sgd(parameters, RATE)


def with_momentum(parameters):
    return C.momentum_sgd(parameters, RATE, C.momentum_schedule(0.9))


def adam(parameters):
    return C.adam(parameters, RATE, C.momentum_schedule(0.9))
