"""VGG16: five groups of 3x3 convolutions by ``For``, pooled, and three dense layers.

Simonyan and Zisserman, 2014, arXiv:1409.1556; here with an eighth of the channels, and
smaller images.
"""

import numpy as np

import cntk as C
from cntk.layers import Convolution2D, Dense, Dropout, For, MaxPooling, Sequential

IMAGE, CLASSES = (3, 64, 64), 10
FEATURES = "fc7"
IN_DOUBLE = True
WIDTH = 8  # 64 in the paper


def create_vgg16():
    def group(number, convolutions, channels):
        return [
            For(range(convolutions), lambda i: [
                Convolution2D((3, 3), channels, name=f"conv{number}_{i + 1}"),
            ]),
            MaxPooling((2, 2), strides=(2, 2), name=f"pool{number}"),
        ]  # fmt: skip

    with C.layers.default_options(activation=C.relu, pad=True):
        return Sequential([
            group(1, 2, WIDTH), group(2, 2, 2 * WIDTH), group(3, 3, 4 * WIDTH),
            group(4, 3, 8 * WIDTH), group(5, 3, 8 * WIDTH),
            Dense(8 * WIDTH, name="fc6"), Dropout(0.5, name="drop6"),
            Dense(8 * WIDTH, name="fc7"), Dropout(0.5, name="drop7"),
            Dense(CLASSES, activation=None, name="fc8"),
        ])  # fmt: skip


def without_dropout(z):
    """Set the rate of all dropout to 0."""
    is_dropout = lambda node: getattr(node, "op_name", "") == "Dropout" and not node.is_block
    for node in C.logging.graph.depth_first_search(z, is_dropout, depth=-1):
        node.set_attribute("dropoutRate", 0.0)


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        x = C.input_variable(IMAGE, name="image")
        y = C.input_variable(CLASSES, name="label")
        z = create_vgg16()(x - 0.5)
    without_dropout(z)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    learner = C.momentum_sgd(
        z.parameters, C.learning_parameter_schedule(0.02), C.momentum_schedule(0.9)
    )
    trainer = C.Trainer(z, (loss, error), [learner])

    random = np.random.RandomState(16)
    images = random.uniform(size=(8,) + IMAGE).astype(dtype)
    labels = np.eye(CLASSES, dtype=dtype)[random.randint(CLASSES, size=8)]

    def train(steps):
        for _ in range(steps):
            trainer.train_minibatch({x: images, y: labels})
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    return {"vgg16": z}, train, {"image": images[:3]}
