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


class TestMemoryOfViews:
    """What scripts do with views of CNTK 2.7 beside reading them."""

    def view(self, read_only=False):
        return C.NDArrayView.from_dense(np.arange(6, dtype="f").reshape(2, 3), read_only=read_only)

    def test_an_alias_shares_the_memory(self):
        view = self.view()
        view.alias().set_value(7)
        assert view.asarray().tolist() == [[7, 7, 7], [7, 7, 7]]

    def test_a_clone_does_not(self):
        view = self.view()
        view.deep_clone().set_value(7)
        view.deep_clone(C.cpu(), False).set_value(7)
        assert view.asarray().tolist() == [[0, 1, 2], [3, 4, 5]]
        assert view.deep_clone(True).is_read_only
        assert view.deep_clone(C.cpu(), True).is_read_only

    @pytest.mark.parametrize("make", [lambda v: v.alias(True), lambda v: v.deep_clone(True)])
    def test_read_only_is_kept(self, make):
        with pytest.raises(ValueError, match="writable TensorView from a read-only NDArrayView"):
            make(self.view()).set_value(1)
        assert self.view(read_only=True).alias().is_read_only

    def test_another_shape_of_the_same_memory(self):
        view = self.view()
        other = view.as_shape((3, 2))
        assert other.asarray().tolist() == [[0, 1], [2, 3], [4, 5]]
        other.set_value(1)
        assert view.asarray().sum() == 6
        with pytest.raises(ValueError, match=r"total size .6. of this view's shape '\[2 x 3\]'"):
            view.as_shape((4, 2))

    def test_numbers_of_another_view(self):
        view = self.view()
        view.copy_from(C.NDArrayView.from_dense(np.ones((2, 3), "f")))
        assert view.asarray().tolist() == [[1, 1, 1], [1, 1, 1]]
        with pytest.raises(ValueError, match=r"shape '\[3 x 2\]' is not same as the shape"):
            view.copy_from(C.NDArrayView.from_dense(np.ones((3, 2), "f")))
        with pytest.raises(TypeError, match="float64 is copied into a view of float32"):
            view.copy_from(C.NDArrayView.from_dense(np.ones((2, 3))))

    def test_a_slice_of_one_row(self):
        view = self.view()
        part = view.slice_view([1, 0], [3], read_only=False)
        assert (part.shape, part.asarray().tolist()) == ((3,), [3, 4, 5])
        part.set_value(9)
        assert view.asarray().tolist() == [[0, 1, 2], [9, 9, 9]]
        with pytest.raises(ValueError, match="leave the array's shape"):
            view.slice_view([2, 0], [3])

    def test_the_only_device(self):
        view = self.view()
        view.change_device(C.cpu())
        assert view.as_string() == str(view) == "NDArrayView([2 x 3], CPU)"
        with pytest.raises(ValueError, match="cannot move to"):
            view.change_device("GPU")
