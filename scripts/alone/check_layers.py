"""With cntk-layers, a convolutional classifier learns two stripes."""

import numpy as np

import cntk as C
from cntk.layers import Convolution2D, Dense, Sequential

C.cntk_py.set_fixed_random_seed(1)
images = np.zeros((8, 1, 6, 6), np.float32)
images[:4, :, 2, :] = 1  # a row
images[4:, :, :, 2] = 1  # a column
labels = np.eye(2, dtype=np.float32)[[0] * 4 + [1] * 4]

x, label = C.input_variable((1, 6, 6)), C.input_variable(2)
model = Sequential([Convolution2D((3, 3), 4, activation=C.relu), Dense(2)])(x)
loss = C.cross_entropy_with_softmax(model, label)
error = C.classification_error(model, label)
learner = C.sgd(model.parameters, lr=C.learning_parameter_schedule(0.2))
trainer = C.Trainer(model, (loss, error), [learner])
for _ in range(50):
    trainer.train_minibatch({x: images, label: labels})
assert trainer.previous_minibatch_evaluation_average == 0
