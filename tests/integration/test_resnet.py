"""Residual networks from macros: convolution, batch normalization, shortcuts."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import relu
from cntk.initializer import he_normal
from cntk.layers import AveragePooling, BatchNormalization, Convolution, Dense

from .networks import images, losses_of_training


def conv_bn(input, filter_size, num_filters, strides=(1, 1), init=he_normal()):  # noqa: B008
    c = Convolution(
        filter_size, num_filters, activation=None, init=init, pad=True, strides=strides
    )(input)
    r = BatchNormalization(map_rank=1, normalization_time_constant=4096, use_cntk_engine=False)(c)
    return r


def conv_bn_relu(input, filter_size, num_filters, strides=(1, 1), init=he_normal()):  # noqa: B008
    r = conv_bn(input, filter_size, num_filters, strides, init)
    return relu(r)


def resnet_basic(input, num_filters):
    c1 = conv_bn_relu(input, (3, 3), num_filters)
    c2 = conv_bn(c1, (3, 3), num_filters)
    p = c2 + input
    return relu(p)


def resnet_basic_inc(input, num_filters, strides=(2, 2)):
    c1 = conv_bn_relu(input, (3, 3), num_filters, strides)
    c2 = conv_bn(c1, (3, 3), num_filters)
    s = conv_bn(input, (1, 1), num_filters, strides)
    p = c2 + s
    return relu(p)


def resnet_basic_stack(input, num_stack_layers, num_filters):
    l = input  # noqa: E741
    for _ in range(num_stack_layers):
        l = resnet_basic(l, num_filters)  # noqa: E741
    return l


def create_cifar10_model(input, num_stack_layers, num_classes):
    c_map = [16, 32, 64]

    conv = conv_bn_relu(input, (3, 3), c_map[0])
    r1 = resnet_basic_stack(conv, num_stack_layers, c_map[0])

    r2_1 = resnet_basic_inc(r1, c_map[1])
    r2_2 = resnet_basic_stack(r2_1, num_stack_layers - 1, c_map[1])

    r3_1 = resnet_basic_inc(r2_2, c_map[2])
    r3_2 = resnet_basic_stack(r3_1, num_stack_layers - 1, c_map[2])

    # Global average pooling and output
    pool = AveragePooling(filter_shape=(8, 8))(r3_2)
    z = Dense(num_classes)(pool)
    return z


@pytest.mark.parametrize("num_stack_layers, convolutions", [(1, 9), (3, 21)])
def test_the_model_has_its_layers(num_stack_layers, convolutions):
    x = C.input_variable((3, 32, 32), name="image")
    z = create_cifar10_model(x, num_stack_layers, 10)
    assert z.shape == (10,)
    weights = [p for p in z.parameters if p.name == "W"]
    assert len(weights) == convolutions + 1
    assert len(z.constants) == 3 * convolutions
    assert str(z) == "Composite(image: Tensor[3,32,32]) -> Tensor[10]"


def test_it_learns_and_keeps_running_statistics():
    C.cntk_py.reset_random_seed(1)
    x, y = C.input_variable((3, 32, 32)), C.input_variable(4)
    z = create_cifar10_model(x, 1, 4)
    loss = C.cross_entropy_with_softmax(z, y)
    learner = C.momentum_sgd(
        z.parameters, C.learning_parameter_schedule(0.5), C.momentum_schedule(0.9)
    )
    trainer = C.Trainer(z, (loss, C.classification_error(z, y)), [learner])
    samples, labels = images(8, (3, 32, 32), 4)
    statistics = {c.uid: c.value for c in z.constants}
    losses = losses_of_training(trainer, {x: samples, y: labels}, 8)
    assert losses[-1] < 0.5 * losses[0]
    counts = [c.value for c in z.constants if c.name == "aggregate_count"]
    assert {float(count) for count in counts} == {8.0 * 8}  # samples
    for constant in z.constants:
        assert (constant.value != statistics[constant.uid]).any()


def test_evaluation_leaves_the_statistics_alone():
    x = C.input_variable((3, 8, 8))
    block = resnet_basic_inc(x, 4)
    samples, _ = images(4, (3, 8, 8), 2)
    before = [c.value for c in block.constants]
    first = block.eval(samples)
    for constant, value in zip(block.constants, before):
        np.testing.assert_array_equal(constant.value, value)
    np.testing.assert_array_equal(block.eval(samples), first)
