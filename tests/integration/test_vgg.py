"""A network of blocks from ``Sequential``, ``For`` and named layers."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import relu
from cntk.layers import (
    Activation,
    Convolution2D,
    Dense,
    Dropout,
    For,
    MaxPooling,
    Sequential,
    default_options,
)

from .networks import images, losses_of_training

num_classes = 4


def create_vgg16(input, width):
    """Return the network; ``width`` is 64 in the paper."""
    with default_options(activation=None, pad=True, bias=True):
        z = Sequential([
            For(range(2), lambda i: [
                Convolution2D((3, 3), width, name="conv1_{}".format(i)),  # noqa: UP032
                Activation(activation=relu, name="relu1_{}".format(i)),  # noqa: UP032
            ]),
            MaxPooling((2, 2), (2, 2), name="pool1"),
            For(range(2), lambda i: [
                Convolution2D((3, 3), 2 * width, name=f"conv2_{i}"),
                Activation(activation=relu, name=f"relu2_{i}"),
            ]),
            MaxPooling((2, 2), (2, 2), name="pool2"),
            For(range(3), lambda i: [
                Convolution2D((3, 3), 4 * width, name=f"conv3_{i}"),
                Activation(activation=relu, name=f"relu3_{i}"),
            ]),
            MaxPooling((2, 2), (2, 2), name="pool3"),
            For(range(3), lambda i: [
                Convolution2D((3, 3), 8 * width, name=f"conv4_{i}"),
                Activation(activation=relu, name=f"relu4_{i}"),
            ]),
            MaxPooling((2, 2), (2, 2), name="pool4"),
            For(range(3), lambda i: [
                Convolution2D((3, 3), 8 * width, name=f"conv5_{i}"),
                Activation(activation=relu, name=f"relu5_{i}"),
            ]),
            MaxPooling((2, 2), (2, 2), name="pool5"),
            Dense(64 * width, name="fc6"),
            Activation(activation=relu, name="relu6"),
            Dropout(0.5, name="drop6"),
            Dense(64 * width, name="fc7"),
            Activation(activation=relu, name="relu7"),
            Dropout(0.5, name="drop7"),
            Dense(num_classes, name="fc8"),
        ])(input)  # fmt: skip
    return z


@pytest.fixture(scope="module")
def network():
    C.cntk_py.reset_random_seed(1)
    x = C.input_variable((3, 48, 48), name="image")
    with C.default_options(init=C.he_normal()):
        return x, create_vgg16(x, 4)


def test_layers_are_found_by_name(network):
    _, z = network
    assert z.conv1_0.W.shape == (4, 3, 3, 3)
    assert z.conv5_2.W.shape == (32, 32, 3, 3)
    assert z.pool5.shape == (32, 2, 2)
    assert z.fc6.W.shape == (32, 2, 2, 256)
    assert z.fc8.b.shape == (num_classes,)
    assert z.find_by_name("conv3_1").op_name == "Convolution"
    assert z.find_by_name("relu6").op_name == "Activation"
    assert z.find_by_name("conv9_0") is None


def test_sixteen_layers_have_weights(network):
    _, z = network
    weights = [p for p in z.parameters if p.name == "W"]
    assert len(weights) == 16
    assert weights[0].shape[-1] == num_classes, "those nearest to the root come first"
    assert len(z.parameters) == 32


def test_it_learns(network):
    x, z = network
    y = C.input_variable(num_classes, name="label")
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    learner = C.adam(z.parameters, C.learning_parameter_schedule(0.001), 0.9)
    trainer = C.Trainer(z, (loss, error), [learner])
    samples, labels = images(8, (3, 48, 48), num_classes)
    losses = losses_of_training(trainer, {x: samples, y: labels}, 25)
    assert min(losses[-3:]) < 0.6 * losses[0]
    probabilities = C.softmax(z).eval(samples)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
