"""Sizes at which channels are seen in one way or the other, and in several parts."""

import numpy as np
import pytest

import cntk as C
from cntk.backends.numpy import channels


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(channels, "_CELLS", 64)
    monkeypatch.setattr(channels, "_COLUMNS", 24)


def reference(x, g, scale, bias, axes):
    """Return result and gradients by the formulas of Ioffe and Szegedy."""
    count = x.size // scale.size
    mean = x.mean(axis=axes, keepdims=True)
    deviation = np.sqrt(x.var(axis=axes, keepdims=True) + 1e-5)
    normal = (x - mean) / deviation
    dbias, dscale = g.sum(axis=axes), (g * normal).sum(axis=axes)
    wide = mean.shape
    dx = (g - (dbias.reshape(wide) + normal * dscale.reshape(wide)) / count) / deviation
    return (
        normal * scale.reshape(wide) + bias.reshape(wide),
        dx * scale.reshape(wide),
        dscale,
        dbias,
    )


@pytest.mark.parametrize("long", [4096, 3])  # 3: channels are seen one by one
@pytest.mark.parametrize("rows", [1, 2, 13])
@pytest.mark.parametrize("shape", [(4, 3, 5), (2, 40), (1, 7), (6,)])
def test_values_and_gradients(monkeypatch, shape, rows, long):
    monkeypatch.setattr(channels, "_LONG", long)
    spatial = len(shape) > 1
    number = shape[0]
    rng = np.random.default_rng(0)
    x = C.input_variable(shape, dtype=np.float64, needs_gradient=True)
    weight = C.input_variable(shape, dtype=np.float64)
    scale = C.parameter(number, init=rng.normal(size=number), dtype=np.float64)
    bias = C.parameter(number, init=rng.normal(size=number), dtype=np.float64)
    cells = [C.constant(0, shape=size, dtype=np.float64) for size in ((number,), (number,), ())]
    y = C.batch_normalization(x, scale, bias, *cells[:2], spatial, running_count=cells[2])
    values, g = (rng.normal(3, 2, size=(rows, *shape)) for _ in range(2))
    axes = (0, *range(2, len(shape) + 1))
    expected = reference(values, g, scale.value, bias.value, axes)
    found, outputs = C.reduce_sum(y * weight).grad(
        {x: values, weight: g}, [x, scale, bias], outputs=[y.output]
    )
    np.testing.assert_allclose(outputs, expected[0], rtol=1e-9, atol=1e-9)
    for variable, wanted in zip((x, scale, bias), expected[1:]):
        np.testing.assert_allclose(found[variable], wanted, rtol=1e-8, atol=1e-8)


def test_a_mean_far_from_zero_costs_no_more_than_its_own_digits():
    x = C.input_variable((2, 50))
    cells = [C.constant(0, shape=2), C.constant(0, shape=2), C.constant(0)]
    y = C.batch_normalization(
        x, C.parameter(2, init=1), C.parameter(2, init=0), *cells[:2], True, running_count=cells[2]
    )
    values = np.random.default_rng(0).normal(1000, 1, size=(8, 2, 50)).astype(np.float32)
    _, results = y.forward({x: values}, y.outputs, set(y.outputs))
    exact = values.astype(np.float64)
    mean, deviation = (f(exact, axis=(0, 2), keepdims=True) for f in (np.mean, np.std))
    np.testing.assert_allclose(results[y.output], (exact - mean) / deviation, atol=1e-3)
    np.testing.assert_allclose(cells[1].value, exact.var(axis=(0, 2), ddof=1), rtol=1e-3)
