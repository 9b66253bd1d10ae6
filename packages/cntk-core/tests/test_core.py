from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.core import asarray, asvalue


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        np.array([1, 2]),
        C.NDArrayView.from_dense(np.array([1, 2], np.float32)),
        C.Parameter(init=np.array([1, 2], np.float32)),
        C.Value(np.array([1, 2], np.float32)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_asarray_reads_whatever_holds_numbers(value):
    array = asarray(value, np.float64)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1, 2])


def test_asarray_keeps_the_element_type_by_default():
    assert asarray(np.float32(3)).dtype == np.float32


@pytest.mark.parametrize("value", [None, "text", object(), C.Axis("a")])
def test_asarray_refuses_what_holds_none(value):
    with pytest.raises(ValueError, match=f"instance of type {type(value).__name__}"):
        asarray(value)


def test_asvalue_fits_data_to_a_variable():
    x = C.Variable((2,), np.float32, dynamic_axes=[C.Axis.default_batch_axis()])
    assert asvalue(x, np.ones((3, 2), np.float32)).shape == (3, 2)
