"""The number of threads: chosen by scripts, and one in a forked process."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.native.library import lib, onednn

FORKED = """
import os, sys
import numpy as np, cntk as C
C.cntk_py.set_max_num_cputhreads(2)
x, image = C.input_variable(4096), C.input_variable((8, 64, 64))
outputs = [
    (C.tanh(x) * 2, {x: np.ones((64, 4096), np.float32)}),
    (C.times(x, C.parameter((4096, 64), init=1)), {x: np.ones((64, 4096), np.float32)}),
    (C.convolution(C.parameter((16, 8, 3, 3), init=1), image, auto_padding=[False, True, True]),
     {image: np.ones((4, 8, 64, 64), np.float32)}),
]
before = [y.eval(data) for y, data in outputs]
child = os.fork()
if child == 0:
    same = all(np.allclose(y.eval(data), old) for (y, data), old in zip(outputs, before))
    os._exit(7 if same and C.cntk_py.get_max_num_cputhreads() == 1 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), C.cntk_py.get_max_num_cputhreads())
"""


@pytest.fixture
def usual():
    before = one_thread.count
    yield
    one_thread.count = before


def openmp() -> ctypes.CDLL:
    return onednn() or ctypes.CDLL("libgomp.so.1")


@pytest.mark.parametrize("count", [1, 2])
def test_onednn_gets_the_threads_that_were_chosen(usual, monkeypatch, count):
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    C.cntk_py.set_max_num_cputhreads(count)
    before = lib().lend_threads()
    try:
        assert openmp().omp_get_max_threads() == count
    finally:
        lib().take_threads(before)
    assert openmp().omp_get_max_threads() == before


def test_deterministic_algorithms_give_onednn_one(usual, monkeypatch):
    one_thread.count = 3
    monkeypatch.setattr(one_thread, "always", True)
    before = lib().lend_threads()
    try:
        assert openmp().omp_get_max_threads() == 1
    finally:
        lib().take_threads(before)


def test_deterministic_convolutions_do_not_depend_on_the_number_of_threads(usual, monkeypatch):
    monkeypatch.setattr(one_thread, "always", True)
    x, w = C.input_variable((8, 20, 20), needs_gradient=True), C.parameter((16, 8, 3, 3), init=0.1)
    y = C.convolution(w, x, auto_padding=[False, True, True])
    data = np.random.default_rng(0).normal(size=(9, 8, 20, 20)).astype(np.float32)

    def results(count: int) -> list:
        one_thread.count = count
        found, value = y.grad({x: data}, [x, w], outputs=[y.output])
        return [value, found[x], found[w]]

    for one, two, three in zip(results(1), results(2), results(3), strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(one, three)


def test_a_forked_process_computes_on_one_thread():
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.returncode == 0, found.stderr
    exit_code, threads = found.stdout.split()
    assert exit_code == "7" and int(threads) >= 1
