"""A network like GoogLeNet: inception blocks that splice four branches, and a second classifier.

Szegedy et al., 2014, arXiv:1409.4842.
"""

import numpy as np

import cntk as C
from cntk.layers import (
    AveragePooling,
    BlockFunction,
    Convolution2D,
    Dense,
    GlobalAveragePooling,
    MaxPooling,
    Sequential,
)

IMAGE, CLASSES = (3, 64, 64), 8
FEATURES = "inception4"
IN_DOUBLE = True


def inception(one, three, five, pooled, name):
    """Return a block; ``three`` and ``five`` are (reduced channels, channels)."""
    conv1 = Convolution2D((1, 1), one)
    conv3 = Convolution2D((1, 1), three[0]) >> Convolution2D((3, 3), three[1])
    conv5 = Sequential([Convolution2D((1, 1), five[0]), Convolution2D((5, 5), five[1])])
    pool = MaxPooling((3, 3), strides=1, pad=True) >> Convolution2D((1, 1), pooled)

    @BlockFunction("Inception", name)
    def block(x):
        return C.splice(conv1(x), conv3(x), conv5(x), pool(x), axis=0)

    return block


def create_model(x):
    """Return the scores of both classifiers."""
    with C.layers.default_options(activation=C.relu, pad=True, init=C.glorot_uniform()):
        lower = Sequential([
            Convolution2D((7, 7), 8, strides=2, name="conv1"),
            MaxPooling((3, 3), strides=2, pad=True),
            lambda h: C.local_response_normalization(h, 2, 1.0, 1e-3, 0.75),
            Convolution2D((1, 1), 8, name="conv2_reduce"),
            Convolution2D((3, 3), 16, name="conv2"),
            inception(4, (4, 8), (2, 4), 4, name="inception3"),
        ])(x)  # fmt: skip
        upper = Sequential([
            inception(6, (4, 8), (2, 6), 4, name="inception4"),
            MaxPooling((3, 3), strides=2, pad=True),
            inception(8, (6, 12), (2, 6), 6, name="inception5"),
            GlobalAveragePooling(),
            Dense(CLASSES, activation=None, name="scores"),
        ])(lower)  # fmt: skip
        aside = Sequential([
            AveragePooling((4, 4), strides=2),
            Convolution2D((1, 1), 8),
            Dense(16),
            Dense(CLASSES, activation=None, name="scores_aside"),
        ])(lower)  # fmt: skip
    return C.combine([upper, aside], name="googlenet")


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        x = C.input_variable(IMAGE, name="image")
        y = C.input_variable(CLASSES, name="label")
        z = create_model(x)
    scores, aside = z.outputs
    loss = C.cross_entropy_with_softmax(scores, y) + 0.3 * C.cross_entropy_with_softmax(aside, y)
    error = C.classification_error(scores, y)
    learner = C.adam(z.parameters, C.learning_parameter_schedule(0.003), C.momentum_schedule(0.9))

    random = np.random.RandomState(14)
    images = random.uniform(-1, 1, size=(64,) + IMAGE).astype(dtype)
    labels = np.eye(CLASSES, dtype=dtype)[random.randint(CLASSES, size=64)]

    def train(steps):
        # an epoch is a minibatch: the summaries tell the loss of each
        progress = C.combine([loss, error]).train(
            (images, labels),
            minibatch_size=8,
            epoch_size=8,
            max_epochs=steps,
            parameter_learners=[learner],
        )
        return [[s.loss, s.metric] for s in progress.epoch_summaries]

    return {"googlenet": z}, train, {"image": images[:3]}
