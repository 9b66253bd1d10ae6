"""The network of convolutions, pooling and dropout, under ``default_options``."""

from __future__ import annotations

import numpy as np
import pytest

import cntk
from cntk.layers import Convolution2D, Dense, Dropout, MaxPooling, default_options

from .networks import images, losses_of_training

num_output_classes = 4


@pytest.fixture(scope="module")
def network():
    cntk.cntk_py.reset_random_seed(1)
    input_var = cntk.input_variable((3, 32, 32), name="input")
    label_var = cntk.input_variable(num_output_classes, name="label")
    scaled_input = input_var * 1.0

    with default_options(activation=cntk.ops.relu, pad=False):
        conv1 = Convolution2D((5, 5), 32, pad=True)(scaled_input)
        pool1 = MaxPooling((3, 3), (2, 2))(conv1)
        conv2 = Convolution2D((3, 3), 48)(pool1)
        pool2 = MaxPooling((3, 3), (2, 2))(conv2)
        conv3 = Convolution2D((3, 3), 64)(pool2)
        f4 = Dense(96)(conv3)
        drop4 = Dropout(0.5)(f4)
        z = Dense(num_output_classes, activation=None)(drop4)

    ce = cntk.losses.cross_entropy_with_softmax(z, label_var)
    pe = cntk.metrics.classification_error(z, label_var)
    return input_var, label_var, z, ce, pe, (conv1, pool1, conv2, pool2, conv3, f4)


def test_shapes(network):
    layers = network[-1]
    assert [layer.shape for layer in layers] == [
        (32, 32, 32), (32, 15, 15), (48, 13, 13), (48, 6, 6), (64, 4, 4), (96,),
    ]  # fmt: skip
    assert [p.shape for p in network[2].parameters] == [
        (96, 4), (4,), (64, 4, 4, 96), (96,), (64, 48, 3, 3), (64, 1, 1), (48, 32, 3, 3),
        (48, 1, 1), (32, 3, 5, 5), (32, 1, 1),
    ]  # fmt: skip


def test_options_hold_where_nothing_else_is_said(network):
    *_, z, _, _, (conv1, _, _, _, _, f4) = network
    activations = [f.root_function.block_root.root_function.op_name for f in (conv1, f4, z)]
    assert activations == ["ReLU", "ReLU", "Plus"]


def test_it_learns(network):
    input_var, label_var, z, ce, pe, _ = network
    learner = cntk.adam(z.parameters, cntk.learning_parameter_schedule(0.002), 0.9)
    trainer = cntk.Trainer(z, (ce, pe), [learner])
    samples, labels = images(16, (3, 32, 32), num_output_classes)
    data = {input_var: samples, label_var: labels}
    losses = losses_of_training(trainer, data, 25)
    assert losses[-1] < 0.5 * losses[0]
    assert trainer.test_minibatch(data) < 0.3


def test_dropout_is_active_in_training_only(network):
    input_var, _, z, *_ = network
    samples, _ = images(2, (3, 32, 32), num_output_classes)

    def in_training():
        _, values = z.forward({input_var: samples}, keep_for_backward={z.output})
        return values[z.output]

    assert (in_training() != in_training()).any()
    np.testing.assert_array_equal(z.eval(samples), z.eval(samples))
