"""Products with fed data: what is almost all zeros gives what it gives in any other way."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.native.kernels import products
from cntk.native.library import ffi, kernel, lib

SHAPES = [(1, 64, 1), (3, 64, 17), (17, 943, 150), (5, 100, 3)]


def multiplied(left, right, turned: bool) -> np.ndarray:
    """Return the product by the kernel; ``left`` is turned by it, not here."""
    assert products._ready()
    rows, width = left.shape
    n = right.shape[1]
    y = np.full((width if turned else rows, n), 99, np.float32)
    sizes = [width, n, 1, 1, 1, 0, 0] if turned else [1, n, width, 0, 0, 0, 0]
    block = ffi().new("launch *")
    at, ints = ffi().new("int32_t[]", [0, 1, 2, 3]), ffi().new("int64_t[]", sizes)
    block.run, block.at, block.ints = kernel("product_of_fed_f32"), at, ints
    pointers = [ffi().cast("char *", array.ctypes.data) for array in (left, right, y)]
    pointers.append(ffi().NULL)  # no panels
    lib().run_segment(block, 1, ffi().new("char *[]", pointers), ffi().new("int64_t[]", [rows]))
    return y


@pytest.fixture
def threads():
    """The setting of threads, which is set back."""
    yield one_thread
    one_thread.count = 0


def one_hot(rows: int, width: int) -> np.ndarray:
    return np.eye(width, dtype=np.float32)[np.random.default_rng(rows).integers(0, width, rows)]


def others(rows: int, n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(-1, 1, (rows, n)).astype(np.float32)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("turned", [False, True])
def test_one_hot_rows_look_up(shape, turned):
    rows, width, n = shape
    x, w = one_hot(rows, width), others(rows if turned else width, n)
    w[0, 0] = -0.5
    expected = (x.T if turned else x) @ w
    np.testing.assert_allclose(multiplied(x, w, turned), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("turned", [False, True])
def test_other_data_are_multiplied_as_ever(turned):
    x, w = others(40, 80), others(40 if turned else 80, 7)
    expected = (x.T if turned else x) @ w
    np.testing.assert_allclose(multiplied(x, w, turned), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("filled", [1, 63, 64, 65, 300])
@pytest.mark.parametrize("first", [0, 37, 900])
def test_data_that_begin_or_end_otherwise(filled, first):
    x, w = one_hot(30, 96).reshape(-1), others(96, 7)
    x[first : first + filled] = 0.25
    x = x.reshape(30, 96)
    np.testing.assert_allclose(multiplied(x, w, False), x @ w, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("turned", [False, True])
def test_zeros_count_where_they_make_nan(wrong, turned):
    x, w = one_hot(8, 96), others(8 if turned else 96, 5)
    w[3, 2] = wrong
    with np.errstate(invalid="ignore"):
        expected = (x.T if turned else x) @ w
    assert np.isnan(expected).any()
    np.testing.assert_allclose(multiplied(x, w, turned), expected, rtol=1e-6)


def test_wrong_numbers_among_the_data_show():
    x, w = one_hot(8, 96), others(96, 5)
    x[2], x[5] = 0, 0
    x[2, 7] = np.nan
    found = multiplied(x, w, False)
    assert np.isnan(found[2]).all() and (found[5] == 0).all() and np.isfinite(found[3]).all()


@pytest.mark.parametrize("turned", [False, True])
def test_the_number_of_threads_changes_no_bit(threads, turned):
    x, w = one_hot(600, 943), others(600 if turned else 943, 150)
    threads.count = 1
    expected = multiplied(x, w, turned)
    threads.count = 3
    np.testing.assert_array_equal(multiplied(x, w, turned), expected)


def test_plans_use_it_for_arguments_only():
    x = C.input_variable(80)
    w = C.parameter(init=others(80, 3))
    data = one_hot(5, 80)
    np.testing.assert_allclose(C.times(x, w).eval({x: data}), data @ w.value, rtol=1e-6)
    found = C.times(x, w).grad({x: data}, wrt=[w])
    np.testing.assert_allclose(found, np.repeat(data.sum(0)[:, None], 3, 1), rtol=1e-6)
