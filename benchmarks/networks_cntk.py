"""The benchmark networks through the CNTK API; run by ``networks.py``, and alone.

The file runs on CNTK 2.7 too (Python 3.6). Each workload trains on random data of a fixed seed.
"""

import argparse
import json
import resource
import sys
import time

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


def training(z, y, lr=0.01, momentum=0.9):
    loss = C.cross_entropy_with_softmax(z, y)
    metric = C.classification_error(z, y)
    learner = C.momentum_sgd(
        z.parameters, C.learning_parameter_schedule(lr), C.momentum_schedule(momentum)
    )
    return C.Trainer(z, (loss, metric), [learner])


def fcn5(batch=256):
    """784-4096-2048-1024-10 with sigmoids."""
    x, y = C.input_variable(784), C.input_variable(10)
    hidden = [Dense(width, activation=C.sigmoid) for width in (4096, 2048, 1024)]
    z = Sequential(hidden + [Dense(10)])(x * 0.00390625)
    data = [{x: random.rand(batch, 784).astype("f") * 255, y: one_hot(batch, 10)} for _ in range(4)]
    return training(z, y), data


def alexnet(batch=128):
    """The small AlexNet for CIFAR-10 images."""
    x, y = C.input_variable((3, 32, 32)), C.input_variable(10)
    with default_options(activation=None):
        h = Convolution2D((5, 5), 32, pad=True, init=normal(0.01))(x - 128)
        h = C.relu(MaxPooling((3, 3), (2, 2))(h))
        h = Convolution2D((5, 5), 32, pad=True, init=normal(0.01))(h)
        h = C.relu(MaxPooling((3, 3), (2, 2))(h))
        h = C.relu(Convolution2D((5, 5), 64, pad=True, init=normal(0.01))(h))
        z = Dense(10, activation=None)(AveragePooling((3, 3), (2, 2))(h))
    data = [
        {x: random.rand(batch, 3, 32, 32).astype("f") * 255, y: one_hot(batch, 10)}
        for _ in range(4)
    ]
    return training(z, y, 0.001), data


def resnet20(batch=32, blocks=3):
    """ResNet with 6n + 2 layers for CIFAR-10 images."""

    def conv_bn(h, size, filters, strides=(1, 1)):
        h = Convolution(
            size, filters, activation=None, init=he_normal(), pad=True, strides=strides, bias=False
        )(h)
        return BatchNormalization(map_rank=1, normalization_time_constant=4096)(h)

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
    data = [
        {x: random.rand(batch, 3, 32, 32).astype("f") * 255, y: one_hot(batch, 10)}
        for _ in range(4)
    ]
    return training(z, y), data


def resnet56(batch=32):
    """ResNet with 56 layers."""
    return resnet20(batch, 9)


def tiny(batch=25):
    """Logistic regression of 25 samples: overhead and nothing else."""
    x, y = C.input_variable(2), C.input_variable(2)
    z = Dense(2)(x)
    data = [{x: random.rand(batch, 2).astype("f"), y: one_hot(batch, 2)} for _ in range(16)]
    return training(z, y, 0.1), data


def tagger(sequences=32, words=943, tags=129):
    """Embedding 150, LSTM 300 and a tag for each word of sentences of 3 to 45 words."""
    x, y = C.sequence.input_variable(words), C.sequence.input_variable(tags)
    z = Sequential([Embedding(150), Recurrence(LSTM(300)), Dense(tags)])(x)

    def batch():
        lengths = np.clip(random.poisson(11, sequences), 3, 45)
        return {x: [one_hot(n, words) for n in lengths], y: [one_hot(n, tags) for n in lengths]}

    return training(z, y, 0.1), [batch() for _ in range(8)]


WORKLOADS = {"fcn5": fcn5, "alexnet": alexnet, "resnet20": resnet20, "resnet56": resnet56,
             "tagger": tagger, "tiny": tiny}  # fmt: skip


def measure(name, steps):
    """Return median milliseconds a step, loss before and after, MB of memory beyond the imports."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    trainer, data = WORKLOADS[name]()
    trainer.train_minibatch(data[0])
    first = trainer.previous_minibatch_loss_average
    until_first = time.perf_counter() - started
    for i in range(3 if steps < 100 else 20):
        trainer.train_minibatch(data[i % len(data)])
    times = []
    for i in range(steps):
        start = time.perf_counter()
        trainer.train_minibatch(data[i % len(data)])
        last = trainer.previous_minibatch_loss_average
        times.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "ms": 1e3 * sorted(times)[len(times) // 2],
        "first": float(first),
        "last": float(last),
        "MB": (after - before) / 1024,
        "until_first_step_s": until_first,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(";")[0])
    parser.add_argument("workload", choices=sorted(WORKLOADS))
    parser.add_argument("--steps", type=int, default=0)
    given = parser.parse_args()
    steps = given.steps or (2000 if given.workload == "tiny" else 10)
    json.dump(measure(given.workload, steps), sys.stdout)


if __name__ == "__main__":
    main()
