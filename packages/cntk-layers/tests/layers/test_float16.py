"""Layers made for float16 compute in it, close to what they compute in float32."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import cntk as C
from cntk import layers as L

random = np.random.RandomState(3)
VECTORS = random.rand(3, 6).astype("f2")
IMAGES = random.rand(3, 2, 8, 8).astype("f2")
SEQUENCES = [random.rand(length, 6).astype("f2") for length in (3, 5, 2)]


def attended(x):
    return L.AttentionModel(4)(x, C.sequence.last(x))


LAYERS = {
    "Dense": (VECTORS, lambda: L.Dense(4, activation=C.relu)),
    "Embedding": (VECTORS, lambda: L.Embedding(4)),
    "LayerNormalization": (VECTORS, lambda: L.LayerNormalization()),
    "Stabilizer": (VECTORS, lambda: L.Stabilizer()),
    "Dropout": (VECTORS, lambda: L.Dropout(0.5)),
    "Convolution": (IMAGES, lambda: L.Convolution((3, 3), 4, pad=True)),
    "ConvolutionTranspose": (IMAGES, lambda: L.ConvolutionTranspose((3, 3), 4, strides=2)),
    "MaxPooling": (IMAGES, lambda: L.MaxPooling((2, 2), 2)),
    "AveragePooling": (IMAGES, lambda: L.AveragePooling((2, 2), 2)),
    "BatchNormalization": (IMAGES, lambda: L.BatchNormalization(map_rank=1)),
    "LSTM": (SEQUENCES, lambda: L.Recurrence(L.LSTM(5, use_peepholes=True))),
    "GRU": (SEQUENCES, lambda: L.Recurrence(L.GRU(5), go_backwards=True)),
    "RNNStep": (SEQUENCES, lambda: L.Fold(L.RNNStep(5))),
    "SequentialConvolution": (SEQUENCES, lambda: L.SequentialConvolution(3, 4, pad=True)),
    "AttentionModel": (SEQUENCES, lambda: attended),
}


def computed(name, dtype):
    """Return the value and the gradients of a layer in an element type."""
    data, make = LAYERS[name]
    shape = data[0].shape[1:] if isinstance(data, list) else data.shape[1:]
    axes = [C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()]
    axes = axes if isinstance(data, list) else axes[:1]
    with C.default_options(dtype=dtype):
        x = C.input_variable(shape, dynamic_axes=axes, needs_gradient=True)
        C.cntk_py.set_fixed_random_seed(1)
        function = make()(x)
        factors = np.random.RandomState(1).rand(*function.shape)
        function = function * C.constant(
            factors, dtype=dtype
        )  # the gradient of a plain sum may vanish
        C.cntk_py.reset_random_seed()
    feed = {x: [frames.astype(dtype) for frames in data] if isinstance(data, list)
            else data.astype(dtype)}  # fmt: skip
    gradients = function.grad(feed, wrt=[x, *function.parameters])
    gradients = [*gradients.values()] if isinstance(gradients, dict) else [gradients]
    return [flat(each) for each in (function.eval(feed), *gradients)], function


def flat(result):
    return np.concatenate(result) if isinstance(result, list) else result


@pytest.mark.parametrize("name", LAYERS)
def test_close_to_float32(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a number that float16 does not have
        half, function = computed(name, np.float16)
    single, _ = computed(name, np.float32)
    types = [np.float16, np.float16, *(p.dtype for p in function.parameters)]
    for ours, theirs, dtype in zip(half, single, types, strict=True):
        assert ours.dtype == dtype
        scale = max(0.1, float(np.abs(theirs).max()))
        np.testing.assert_allclose(ours.astype("f4") / scale, theirs / scale, atol=0.02)
