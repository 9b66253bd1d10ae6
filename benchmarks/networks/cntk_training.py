"""Training steps through the CNTK API; the file runs on CNTK 2.7 too (Python 3.6).

A step is a minibatch: forward, backward, update, loss read back. Data are random, of a fixed seed.
"""

import numpy as np

import cntk as C
from cntk.initializer import he_normal, normal
from cntk.layers import (
    LSTM,
    AveragePooling,
    BatchNormalization,
    Convolution,
    Convolution2D,
    Dense,
    Embedding,
    MaxPooling,
    Recurrence,
    Sequential,
    default_options,
)

random = np.random.RandomState(7)


def one_hot(count, classes):
    return np.eye(classes, dtype=np.float32)[random.randint(0, classes, count)]


def images(batch):
    return random.rand(batch, 3, 32, 32).astype("f") * 255


def training(z, y, data, lr=0.01, momentum=0.9):
    """Return a step that trains on one minibatch after the other."""
    loss = C.cross_entropy_with_softmax(z, y)
    metric = C.classification_error(z, y)
    learner = C.momentum_sgd(
        z.parameters, C.learning_parameter_schedule(lr), C.momentum_schedule(momentum)
    )
    trainer = C.Trainer(z, (loss, metric), [learner])

    def step(number):
        trainer.train_minibatch(data[number % len(data)])
        return trainer.previous_minibatch_loss_average

    return step


def fcn5(batch=256):
    """784-4096-2048-1024-10 with sigmoids."""
    x, y = C.input_variable(784), C.input_variable(10)
    hidden = [Dense(width, activation=C.sigmoid) for width in (4096, 2048, 1024)]
    z = Sequential(hidden + [Dense(10)])(x * 0.00390625)
    data = [{x: random.rand(batch, 784).astype("f") * 255, y: one_hot(batch, 10)} for _ in range(4)]
    return training(z, y, data)


def small_alexnet(x):
    """The small AlexNet for CIFAR-10 images, before its softmax."""
    with default_options(activation=None):
        h = Convolution2D((5, 5), 32, pad=True, init=normal(0.01))(x - 128)
        h = C.relu(MaxPooling((3, 3), (2, 2))(h))
        h = Convolution2D((5, 5), 32, pad=True, init=normal(0.01))(h)
        h = C.relu(MaxPooling((3, 3), (2, 2))(h))
        h = C.relu(Convolution2D((5, 5), 64, pad=True, init=normal(0.01))(h))
        return Dense(10, activation=None)(AveragePooling((3, 3), (2, 2))(h))


def alexnet(batch=128):
    """The small AlexNet in training."""
    x, y = C.input_variable((3, 32, 32)), C.input_variable(10)
    z = small_alexnet(x)
    data = [{x: images(batch), y: one_hot(batch, 10)} for _ in range(4)]
    return training(z, y, data, 0.001)


def resnet20(batch=32, blocks=3):
    """ResNet with 6n + 2 layers for CIFAR-10 images."""

    def conv_bn(h, size, filters, strides=(1, 1)):
        h = Convolution(
            size, filters, activation=None, init=he_normal(), pad=True, strides=strides, bias=False
        )(h)
        return BatchNormalization(
            map_rank=1, normalization_time_constant=4096, use_cntk_engine=False
        )(h)

    def basic(h, filters, strides=(1, 1)):
        inner = C.relu(conv_bn(h, (3, 3), filters, strides))
        outer = conv_bn(inner, (3, 3), filters)
        same = strides == (1, 1)
        return C.relu(outer + (h if same else conv_bn(h, (1, 1), filters, strides)))

    x, y = C.input_variable((3, 32, 32)), C.input_variable(10)
    h = C.relu(conv_bn(x * 0.00390625, (3, 3), 16))
    for filters in (16, 32, 64):
        for block in range(blocks):
            h = basic(h, filters, (2, 2) if filters > 16 and block == 0 else (1, 1))
    z = Dense(10, activation=None)(AveragePooling((8, 8))(h))
    data = [{x: images(batch), y: one_hot(batch, 10)} for _ in range(4)]
    return training(z, y, data)


def resnet56(batch=32):
    """ResNet with 56 layers."""
    return resnet20(batch, 9)


def lstm(sequences=32, length=32, words=10000, width=256):
    """A language model with two layers of LSTM; words are sparse, the softmax is over all."""
    x = C.sequence.input_variable(words, is_sparse=True)
    y = C.sequence.input_variable(words, is_sparse=True)
    layers = [Embedding(width), Recurrence(LSTM(width)), Recurrence(LSTM(width)), Dense(words)]

    def some():
        chosen = random.randint(0, words, (sequences, length))
        return C.Value.one_hot([[int(word) for word in sequence] for sequence in chosen], words)

    data = [{x: some(), y: some()} for _ in range(4)]
    return training(Sequential(layers)(x), y, data, 0.1, 0.0)


def tagger(recurrence=None, sequences=32, words=943, classes=129):
    """A tagger of ragged sentences with one layer of LSTM; words are dense one-hot rows."""
    x, y = C.sequence.input_variable(words), C.sequence.input_variable(classes)
    recurrence = recurrence or Recurrence(LSTM(300))
    z = Sequential([Embedding(150), recurrence, Dense(classes)])(x)

    def minibatch():
        lengths = np.clip(random.poisson(11, sequences), 3, 45)
        return {
            x: [one_hot(length, words) for length in lengths],
            y: [one_hot(length, classes) for length in lengths],
        }

    return training(z, y, [minibatch() for _ in range(8)], 0.1)


def tiny(batch=25):
    """Logistic regression of 25 samples: overhead and nothing else."""
    x, y = C.input_variable(2), C.input_variable(2)
    data = [{x: random.rand(batch, 2).astype("f"), y: one_hot(batch, 2)} for _ in range(16)]
    return training(Dense(2)(x), y, data, 0.1)


TRAINING = {make.__name__: make for make in (fcn5, alexnet, resnet20, resnet56, lstm, tagger, tiny)}
