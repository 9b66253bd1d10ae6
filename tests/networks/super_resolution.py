"""Enlarge images three times: convolutions of the small image, whose channels become pixels.

Shi et al., 2016, arXiv:1609.05158.
"""

import numpy as np

import cntk as C
from cntk.layers import Convolution2D, For, Sequential

FACTOR, SIDE = 3, 12
FEATURES = "features1"
IN_DOUBLE = True


def create_model(x):
    with C.layers.default_options(init=C.glorot_uniform(), pad=True):
        convolved = Sequential([
            Convolution2D((5, 5), 16, activation=C.tanh),
            For(range(2), lambda i: Convolution2D((3, 3), 16, C.leaky_relu, name=f"features{i}")),
            Convolution2D((3, 3), FACTOR**2, activation=C.sigmoid),
        ])  # fmt: skip
    return C.depth_to_space(convolved(x), FACTOR)


def images(count, seed, dtype):
    """Return small images and large ones, which are waves."""
    random = np.random.RandomState(seed)
    rows, columns = np.mgrid[: SIDE * FACTOR, : SIDE * FACTOR]
    waves = random.uniform(0.1, 0.5, size=(2, count, 1, 1, 1))
    large = 0.5 + 0.5 * np.sin(waves[0] * rows + waves[1] * columns)
    small = large.reshape(count, 1, SIDE, FACTOR, SIDE, FACTOR).mean(axis=(3, 5))
    return small.astype(dtype), large.astype(dtype)


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        model = create_model(C.input_variable((1, SIDE, SIDE), name="small"))
        large = C.input_variable(model.shape, name="large")
    squared = C.reduce_mean(C.square(model - large))
    noise = -10 * C.log(squared) / np.log(10)  # against the signal, in decibel
    criterion = C.combine([squared, noise])
    learner = C.rmsprop(
        criterion.parameters, C.learning_parameter_schedule_per_sample(0.0005),
        gamma=0.9, inc=1.2, dec=0.7, max=10, min=0.001,
    )  # fmt: skip
    writer = C.logging.ProgressPrinter(freq=1)
    trainer = C.Trainer(model, criterion, learner, writer)

    def train(steps):
        for step in range(steps):
            trainer.train_minibatch(dict(zip(criterion.arguments, images(4, step, dtype))))
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )
        trainer.summarize_training_progress()

    return {"super_resolution": model}, train, {"small": images(2, 99, dtype)[0]}
