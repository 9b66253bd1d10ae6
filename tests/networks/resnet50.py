"""ResNet-50: bottleneck blocks, by functions that are applied to variables.

He et al., 2015, arXiv:1512.03385, table 1.
"""

import numpy as np

import cntk as C
from cntk.initializer import he_normal
from cntk.layers import BatchNormalization, Convolution, Dense, GlobalAveragePooling, MaxPooling

IMAGE, CLASSES = (3, 96, 96), 10
FEATURES = "features"
IN_DOUBLE = True
WIDTH = 8  # 64 in the paper


def conv_bn(x, size, channels, strides=1, init=he_normal(), scale=1):  # noqa: B008
    c = Convolution(
        (size, size), channels, init=init, activation=None, pad=True, strides=strides, bias=False
    )(x)
    return BatchNormalization(map_rank=1, normalization_time_constant=4096, init_scale=scale)(c)


def conv_bn_relu(x, size, channels, strides=1):
    return C.relu(conv_bn(x, size, channels, strides))


def bottleneck(x, channels, strides=1):
    inner = conv_bn_relu(x, 1, channels, strides)
    inner = conv_bn_relu(inner, 3, channels)
    inner = conv_bn(inner, 1, 4 * channels, scale=0)
    first = x.shape[0] != 4 * channels
    return C.relu(inner + (conv_bn(x, 1, 4 * channels, strides) if first else x))


def create_resnet50(x):
    h = conv_bn_relu(x, 7, WIDTH, strides=2)
    h = MaxPooling((3, 3), strides=2, pad=True)(h)
    for stage, blocks in enumerate([3, 4, 6, 3]):
        for block in range(blocks):
            h = bottleneck(h, WIDTH * 2**stage, 2 if stage and not block else 1)
        h = C.alias(h, name=f"stage{stage + 1}")
    h = GlobalAveragePooling(name="features")(h)
    return Dense(CLASSES, init=he_normal(), name="scores")(h)


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        x = C.input_variable(IMAGE, name="image")
        y = C.input_variable(CLASSES, name="label")
        z = create_resnet50(x)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y, topN=5)
    learner = C.nesterov(
        z.parameters,
        C.learning_parameter_schedule(0.01, minibatch_size=8),
        C.momentum_schedule(0.9),
        l2_regularization_weight=0.0001,
    )
    trainer = C.Trainer(z, (loss, error), [learner])

    random = np.random.RandomState(50)
    images = random.uniform(size=(8,) + IMAGE).astype(dtype)
    labels = np.eye(CLASSES, dtype=dtype)[random.randint(CLASSES, size=8)]

    def train(steps):
        for _ in range(steps):
            trainer.train_minibatch({x: images, y: labels})
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    return {"resnet50": z}, train, {"image": images[:3]}
