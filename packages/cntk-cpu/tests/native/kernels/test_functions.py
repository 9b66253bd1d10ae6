"""Elementary functions of the C part, in units in the last place."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

POINTS = {
    "exp": np.linspace(-110, 95, 200_001),
    "log": np.exp(np.linspace(-80, 80, 100_001)),
    "tanh": np.concatenate([np.linspace(-20, 20, 100_001), np.logspace(-30, 0, 1000)]),
    "sigmoid": np.linspace(-100, 100, 100_001),
    "elu": np.linspace(-10, 2, 100_001),
}
EXACT = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "elu": lambda x: np.where(x < 0, np.expm1(x), x),
}


def computed(name: str, points, dtype) -> np.ndarray:
    x = C.input_variable(1, dtype=dtype)
    found = getattr(C, name)(x).eval({x: np.asarray(points, dtype)[:, None]})
    assert found.dtype == dtype
    return found[:, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", POINTS)
def test_within_two_units_in_the_last_place(name, dtype):
    points = POINTS[name].astype(dtype)
    with np.errstate(all="ignore"):
        exact = EXACT[name](points.astype(np.longdouble))
    info = np.finfo(dtype)
    normal = (np.abs(exact) > info.tiny) & (np.abs(exact) < info.max)
    found = computed(name, points, dtype).astype(np.longdouble)
    unit = np.abs(exact[normal]) * info.eps
    assert np.max(np.abs(found[normal] - exact[normal]) / unit) < 2
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(
            found[~normal].astype(dtype), exact[~normal].astype(dtype), rtol=1e-3, atol=info.tiny
        )


SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan]
AT_SPECIAL = {
    "exp": [1, 1, np.inf, 0, np.nan],
    "log": [-85.0999984741211] * 2 + [np.inf, -85.0999984741211, np.nan],
    "tanh": [0, -0.0, 1, -1, np.nan],
    "sigmoid": [0.5, 0.5, 1, 0, np.nan],
    "elu": [0, -0.0, np.inf, -1, np.nan],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", AT_SPECIAL)
def test_special_numbers(name, dtype):
    found = computed(name, SPECIAL, dtype)
    np.testing.assert_array_equal(found, np.array(AT_SPECIAL[name], dtype))


def test_the_smallest_number_is_not_lost():
    tiny = np.array([1e-45], np.float32)
    assert computed("tanh", tiny, np.float32)[0] == tiny[0]
