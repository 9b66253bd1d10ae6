"""U-Net: what was pooled is unpooled to where it came from, beside the image of that size.

Ronneberger et al., 2015, arXiv:1505.04597; the unpooling is that of Zeiler and Fergus, 2013,
arXiv:1311.2901, equation 4 of section 2.1. It marks the disc in a noisy image.
"""

import numpy as np

import cntk as C
from cntk.layers import (
    BatchNormalization,
    Convolution2D,
    ConvolutionTranspose2D,
    MaxPooling,
    MaxUnpooling,
    Sequential,
)

SIDE = 16
FEATURES = "bottom"
IN_DOUBLE = True


def twice(channels, name=""):
    return Sequential([
        Convolution2D((3, 3), channels, bias=False), BatchNormalization(map_rank=1), C.relu,
        Convolution2D((3, 3), channels, activation=C.relu, name=name),
    ])  # fmt: skip


@C.Function
def channels_of(a, b):
    return C.splice(a, b, axis=0)


def create_unet(x):
    with C.layers.default_options(pad=True):
        pool = MaxPooling((2, 2), strides=2, pad=False)
        unpool = MaxUnpooling((2, 2), strides=2, pad=False)
        down1 = twice(8, name="down1")(x)
        down2 = twice(16, name="down2")(pool(down1))
        bottom = twice(16, name="bottom")(pool(down2))
        up2 = twice(8, name="up2")(channels_of(unpool(bottom, down2), down2))
        up1 = twice(8, name="up1")(channels_of(unpool(up2, down1), down1))
        wider = ConvolutionTranspose2D((3, 3), 4, strides=1, activation=C.relu)(up1)
        return Convolution2D((1, 1), 1, activation=C.sigmoid, name="mask")(wider)


def discs(count, seed, dtype):
    """Return noisy images and masks, (count, 1, side, side)."""
    random = np.random.RandomState(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    centre = random.uniform(4, SIDE - 4, size=(2, count, 1, 1, 1))
    radius = random.uniform(2, 5, size=(count, 1, 1, 1))
    masks = (rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 < radius**2
    images = masks + 0.5 * random.randn(*masks.shape)
    return images.astype(dtype), masks.astype(dtype)


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        x = C.input_variable((1, SIDE, SIDE), name="image")
        y = C.input_variable((1, SIDE, SIDE), name="mask")
        z = create_unet(x)
    loss = C.binary_cross_entropy(z, y)
    overlap = 2 * C.reduce_sum(z * y) / (C.reduce_sum(z) + C.reduce_sum(y))
    learner = C.adam(
        z.parameters,
        C.learning_parameter_schedule(0.002),
        C.momentum_schedule(0.9),
        unit_gain=False,
    )
    trainer = C.Trainer(z, (loss, overlap), [learner])

    def train(steps):
        images, masks = discs(steps * 4, 1, dtype)
        for start in range(0, steps * 4, 4):
            part = slice(start, start + 4)
            trainer.train_minibatch({x: images[part], y: masks[part]})
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    return {"unet": z}, train, {"image": discs(2, 2, dtype)[0]}
