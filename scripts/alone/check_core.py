"""Core alone builds a network, trains it, saves it and loads it again."""

import numpy as np

import cntk as C

C.cntk_py.set_fixed_random_seed(1)
points = np.random.default_rng(1).normal(size=(64, 2)).astype(np.float32)
is_right = (points[:, :1] + points[:, 1:] > 0).astype(np.float32)

x, label = C.input_variable(2), C.input_variable(1)
w = C.parameter((2, 1), init=C.glorot_uniform())
b = C.parameter(1)
model = C.sigmoid(C.times(x, w) + b)
loss = C.binary_cross_entropy(model, label)
learner = C.sgd(model.parameters, lr=C.learning_parameter_schedule(0.5))
trainer = C.Trainer(model, (loss, None), [learner])

losses = []
for _ in range(50):
    trainer.train_minibatch({x: points, label: is_right})
    losses.append(trainer.previous_minibatch_loss_average)
assert losses[-1] < 0.7 * losses[0], losses

before = model.eval({x: points})
model.save("line.model")
loaded = C.load_model("line.model")
np.testing.assert_array_equal(loaded.eval({loaded.arguments[0]: points}), before)
