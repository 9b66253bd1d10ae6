"""ResNet-152 for images of 224 x 224, as a user of the Layers library writes it."""

from __future__ import annotations

import cntk as C
from cntk.layers import (
    BatchNormalization,
    Convolution2D,
    Dense,
    For,
    GlobalAveragePooling,
    MaxPooling,
    Sequential,
    identity,
)

STAGES = ((3, 64), (8, 128), (36, 256), (3, 512))  # blocks, and channels inside of them


def convolution(size: int, channels: int, stride: int = 1):
    return [
        Convolution2D(size, channels, pad=True, strides=stride, bias=False, init=C.he_normal()),
        BatchNormalization(map_rank=1),
    ]


def block(channels: int, stride: int, project: bool):
    """Return a residual block of He et al., arXiv:1512.03385, figure 5 on the right."""
    inside = Sequential(
        [
            *convolution(1, channels, stride),
            C.relu,
            *convolution(3, channels),
            C.relu,
            *convolution(1, 4 * channels),
        ]
    )
    shortcut = Sequential(convolution(1, 4 * channels, stride)) if project else identity
    return Sequential([(inside, shortcut), C.plus, C.relu])


def stage(number: int):
    count, channels = STAGES[number]
    return For(
        range(count),
        lambda i: block(channels, stride=2 if number and not i else 1, project=i == 0),
    )


def network():
    """Return the network as a layer."""
    return Sequential(
        [
            *convolution(7, 64, 2),
            C.relu,
            MaxPooling((3, 3), 2, pad=True),
            For(range(len(STAGES)), stage),
            GlobalAveragePooling(),
            Dense(1000),
        ]
    )
