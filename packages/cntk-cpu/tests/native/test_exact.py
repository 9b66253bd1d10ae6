"""Launches that fit one count of rows: what is kept, and what a failure says."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.errors import ExecutionError
from cntk.native.kernels import convolution
from cntk.native.library import ffi, lib


def test_a_failing_primitive_is_an_error():
    x, w = C.input_variable((2, 4, 4)), C.parameter((2, 2, 3, 3), init=1)
    y = C.convolution(w, x, auto_padding=[False, True, True])
    data = np.ones((1, 2, 4, 4), np.float32)
    assert y.eval({x: data}).max() == 18
    execute = ffi().callback("int(void *, void *, int, void *)", lambda *_: 5)
    set_handle = ffi().callback("int(void *, void *)", lambda *_: 0)
    lib().set_onednn(ffi().cast("void *", execute), ffi().cast("void *", set_handle))
    try:
        with pytest.raises(ExecutionError, match="oneDNN failed to execute a primitive: status 5"):
            y.eval({x: data})
    finally:
        assert convolution._ready()
    assert y.eval({x: data}).max() == 18


def test_a_few_sizes_of_minibatches_are_kept():
    x, w = C.input_variable((1, 4, 4)), C.parameter((1, 1, 3, 3), init=1)
    y = C.convolution(w, x, auto_padding=[False, True, True])
    for rows in (*range(1, 40), 1):
        found = y.eval({x: np.ones((rows, 1, 4, 4), np.float32)})
        np.testing.assert_array_equal(found[:, 0, 1, 1], np.full(rows, 9))
