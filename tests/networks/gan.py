"""Two networks against each other: a generator of images, and a discriminator in two copies.

Goodfellow et al., 2014, arXiv:1406.2661; with convolutions after Radford et al., 2015,
arXiv:1511.06434. The copies share their parameters; each trainer has the parameters of one side.
"""

import numpy as np

import cntk as C
from cntk.layers import BatchNormalization, Convolution2D, ConvolutionTranspose2D, Dense, Sequential

SIDE, NOISE = 8, 6
SIZE = 8  # of a minibatch
FEATURES = None
IN_DOUBLE = True


def create_generator():
    with C.layers.default_options(init=C.normal(0.02), bias=False, pad=True):
        return Sequential([
            Dense((8, 2, 2), name="dense"), BatchNormalization(map_rank=1), C.relu,
            ConvolutionTranspose2D((4, 4), 6, strides=2, output_shape=(4, 4), name="deconv1"),
            BatchNormalization(map_rank=1), C.relu,
            ConvolutionTranspose2D(
                (4, 4), 1, strides=2, output_shape=(SIDE, SIDE), activation=C.tanh, bias=True
            ),
        ], name="generator")  # fmt: skip


def create_discriminator():
    leaky = lambda h: C.leaky_relu(h, 0.2)
    with C.layers.default_options(init=C.normal(0.02), pad=True, strides=2, activation=leaky):
        return Sequential([
            Convolution2D((4, 4), 6, name="conv1"),
            Convolution2D((4, 4), 12, name="conv2"),
            Dense(8, activation=leaky, name="hidden"),
            Dense(1, activation=C.sigmoid, name="decision"),
        ])  # fmt: skip


def create_trainers(noise, real):
    """Return generator, discriminator and their trainers."""
    real_scaled = real / 127.5 - 1.0
    generator = create_generator()(noise)
    decides = create_discriminator()
    on_real = decides(real_scaled)
    on_fake = on_real.clone(method="share", substitutions={real_scaled.output: generator.output})

    generator_loss = 1.0 - C.log(on_fake)
    discriminator_loss = -(C.log(on_real) + C.log(1.0 - on_fake))
    rate, momentum = C.learning_parameter_schedule(0.002), C.momentum_schedule(0.5)
    trainers = [
        C.Trainer(
            network, (loss, None), [C.adam(network.parameters, rate, momentum, unit_gain=False)]
        )
        for network, loss in ((generator, generator_loss), (on_real, discriminator_loss))
    ]
    return generator, on_real, trainers


def create(dtype=np.float32):
    with C.default_options(dtype=dtype):
        noise = C.input_variable(NOISE, name="noise")
        real = C.input_variable((1, SIDE, SIDE), name="real")
        generator, discriminator, trainers = create_trainers(noise, real)
    generator_trainer, discriminator_trainer = trainers
    random = np.random.RandomState(7)

    def noises():
        return random.uniform(-1, 1, size=(SIZE, NOISE)).astype(dtype)

    def pictures():
        """Return slanted waves, from 0 to 255."""
        place = random.uniform(0, 6, size=(SIZE, 1, 1, 1)) + np.add.outer(*[np.arange(SIDE)] * 2)
        return (127.5 * (1 + np.sin(place))).astype(dtype)

    def train(steps):
        for _ in range(steps):
            discriminator_trainer.train_minibatch({noise: noises(), real: pictures()})
            generator_trainer.train_minibatch({noise: noises()})
            yield (
                discriminator_trainer.previous_minibatch_loss_average,
                generator_trainer.previous_minibatch_loss_average,
            )

    data = {"noise": np.linspace(-1, 1, 3 * NOISE, dtype=dtype).reshape(3, NOISE)}
    data["real"] = 255 * np.cos(np.arange(3 * SIDE * SIDE, dtype=dtype)).reshape(3, 1, SIDE, SIDE)
    return {"gan_generator": generator, "gan_discriminator": discriminator}, train, data
