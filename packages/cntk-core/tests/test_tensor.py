from __future__ import annotations

import numpy as np
import pytest

import cntk as C

ROWS = np.arange(6, dtype="f").reshape(2, 3)


def test_a_view_of_an_array():
    view = C.NDArrayView.from_dense(ROWS)
    assert (view.shape, view.dtype, view.is_sparse, view.is_read_only) == (
        (2, 3), np.float32, False, False,
    )  # fmt: skip
    assert str(view) == repr(view) == "NDArrayView([2 x 3], CPU)"
    np.testing.assert_array_equal(view.asarray(), ROWS)


def test_arrays_are_copied_in_and_out():
    given = ROWS.copy()
    view = C.NDArrayView.from_dense(given)
    given[:] = 0
    view.asarray()[:] = 0
    np.testing.assert_array_equal(view.asarray(), ROWS)


def test_new_memory():
    view = C.NDArrayView((2, 3), np.float64)
    assert (view.asarray().tolist(), view.dtype) == ([[0] * 3] * 2, np.float64)


def test_a_part():
    view = C.NDArrayView.from_dense(ROWS).slice_view((1, 0), (1, 3))
    np.testing.assert_array_equal(view.asarray(), ROWS[1:])
    with pytest.raises(ValueError, match="leave the array's shape"):
        C.NDArrayView.from_dense(ROWS).slice_view((1, 0), (2, 3))


def test_a_view_is_called_as_data_was_in_cntk_2_0():
    value = C.Value(ROWS)
    assert isinstance(value.data, C.NDArrayView)
    with pytest.warns(DeprecationWarning, match="the property data"):
        np.testing.assert_array_equal(value.data().asarray(), ROWS)


def test_what_is_no_array():
    with pytest.raises(ValueError, match="must be a NumPy array"):
        C.NDArrayView.from_dense([1, 2])
