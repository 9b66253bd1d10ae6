"""VGG16 and ResNet-50 on images of 224 x 224, with random weights; a step evaluates one batch."""

import numpy as np

import cntk as C
from cntk.layers import (
    AveragePooling,
    BatchNormalization,
    Convolution2D,
    Dense,
    Dropout,
    MaxPooling,
)

INPUT = (3, 224, 224)


def evaluation(make, batch):
    """Return a step that evaluates a network and has its result as a NumPy array."""
    x = C.input_variable(INPUT)
    z, data = make(x), np.random.RandomState(7).rand(batch, *INPUT).astype("f")
    return lambda number: z.eval({x: data})


def vgg16(h):
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            h = Convolution2D((3, 3), filters, activation=C.relu, pad=True)(h)
        h = MaxPooling((2, 2), (2, 2))(h)
    for _ in range(2):
        h = Dropout(0.5)(Dense(4096, activation=C.relu)(h))
    return Dense(1000, activation=None)(h)


def resnet50(h):
    h = C.relu(conv_bn(h, 7, 64, 2))
    h = MaxPooling((3, 3), (2, 2), pad=True)(h)
    for stage, count in enumerate((3, 4, 6, 3)):
        for block in range(count):
            h = bottleneck(h, 64 * 2**stage, 2 if stage and not block else 1, not block)
    return Dense(1000, activation=None)(AveragePooling((7, 7))(h))


def conv_bn(h, size, filters, stride=1):
    h = Convolution2D((size, size), filters, activation=None, pad=True, strides=stride, bias=False)(
        h
    )
    return BatchNormalization(map_rank=1, use_cntk_engine=False)(h)


def bottleneck(h, filters, stride, projects):
    inner = C.relu(conv_bn(h, 1, filters))
    inner = C.relu(conv_bn(inner, 3, filters, stride))
    inner = conv_bn(inner, 1, 4 * filters)
    return C.relu(inner + (conv_bn(h, 1, 4 * filters, stride) if projects else h))


INFERENCE = {
    "vgg16_1": lambda: evaluation(vgg16, 1),
    "vgg16_16": lambda: evaluation(vgg16, 16),
    "resnet50_1": lambda: evaluation(resnet50, 1),
    "resnet50_16": lambda: evaluation(resnet50, 16),
}
