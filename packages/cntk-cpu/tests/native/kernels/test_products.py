"""Products through oneDNN's sgemm: each side turned or not, many sizes.

Bits may depend on the number of threads, unless deterministic algorithms are asked for.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.testing.backends import only

SIZES = [(1, 1, 1), (1, 3, 17), (17, 1, 3), (3, 17, 1), (64, 64, 64), (33, 100, 7)]


def close(found, expected, k: int) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * k)


@pytest.mark.parametrize(("rows", "k", "n"), SIZES)
def test_a_product_and_its_gradients(rows, k, n):
    x, w = C.input_variable(k, needs_gradient=True), C.parameter((k, n), init=C.normal(1, seed=1))
    y = C.tanh(C.times(x, w))
    data = np.random.default_rng(rows).normal(size=(rows, k)).astype(np.float32)
    found, value = y.grad({x: data}, [x, w], outputs=[y.output])
    with only("numpy"):
        expected, same = y.grad({x: data}, [x, w], outputs=[y.output])
    close(value, same, k)
    close(found[x], expected[x], n)
    close(found[w], expected[w], rows)


def over_two_axes(x):
    return C.times(x, C.parameter((2, 3, 5), init=C.normal(1, seed=1)))


def turned(x):
    return C.times_transpose(C.reshape(x, (4, 6)), C.parameter((5, 6), init=C.normal(1, seed=1)))


@pytest.mark.parametrize("product", [over_two_axes, turned])
def test_several_axes_and_several_vectors_per_sample(product):
    x = C.input_variable((4, 2, 3))
    y = product(x)
    data = np.random.default_rng(0).normal(size=(3, *x.shape)).astype(np.float32)
    found = y.eval({x: data})
    with only("numpy"):
        close(found, y.eval({x: data}), 6)


def test_float64_is_left_to_numpy():
    x = C.input_variable(3, dtype=np.float64)
    w = C.parameter((3, 2), init=1, dtype=np.float64)
    np.testing.assert_array_equal(C.times(x, w).eval({x: np.ones((2, 3))}), np.full((2, 2), 3))


def test_deterministic_products_do_not_depend_on_the_number_of_threads(threads, monkeypatch):
    monkeypatch.setattr(one_thread, "always", True)
    x, w = C.input_variable(2000), C.parameter((2000, 100), init=C.normal(1, seed=1))
    product = C.times(x, w)
    data = np.random.default_rng(0).normal(size=(64, 2000)).astype(np.float32)
    one, two, three = (threads(count, lambda: product.eval({x: data})) for count in (1, 2, 3))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)
