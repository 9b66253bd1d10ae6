"""Memory with a type: NDArrayView (one array) and the mixins of everything that has operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cntk.deprecation import warn_deprecated
from cntk.device import cpu
from cntk.dtypes import as_dtype
from cntk.errors import ArgumentError, ShapeError
from cntk.shape import shape_text
from cntk.sparse import AnyRows, SparseRows, is_csr
from cntk.upward import module

AVAILABLE_TENSOR_OPS = [
    "abs", "add", "div", "getitem", "matmul", "mul", "radd", "rdiv", "rmatmul", "rmul", "rsub",
    "rtruediv", "sub", "truediv",
]  # fmt: skip


class TensorOpsMixin:
    """Arithmetic on variables and Functions: each sign stands for an operator of ``cntk.ops``."""

    def __add__(self, other):
        return module("cntk.ops").plus(self, other)

    def __radd__(self, other):
        return module("cntk.ops").plus(other, self)

    def __sub__(self, other):
        return module("cntk.ops").minus(self, other)

    def __rsub__(self, other):
        return module("cntk.ops").minus(other, self)

    def __mul__(self, other):
        return module("cntk.ops").element_times(self, other)

    def __rmul__(self, other):
        return module("cntk.ops").element_times(other, self)

    def __matmul__(self, other):
        return module("cntk.ops").times(self, other)

    def __rmatmul__(self, other):
        return module("cntk.ops").times(other, self)

    def __truediv__(self, other):
        return module("cntk.ops").element_divide(self, other)

    def __rtruediv__(self, other):
        return module("cntk.ops").element_divide(other, self)

    __div__ = __truediv__
    __rdiv__ = __rtruediv__

    def __abs__(self):
        return module("cntk.ops").abs(self)

    def __neg__(self):
        return module("cntk.ops").negate(self)

    def __getitem__(self, index):
        return module("cntk.ops").overloads.index(self, index)

    # NumPy must not take the expression apart element by element: array + variable is ours
    __array_ufunc__ = None


class ArrayMixin:
    """Things that can be read as a NumPy array: they have ``data``, or say themselves how."""

    if TYPE_CHECKING:

        @property
        def data(self) -> Any: ...

    def asarray(self) -> np.ndarray:
        """Return the data as a NumPy array."""
        return np.asarray(self.data)

    def __array__(self, dtype=None, copy=None):
        array = self.asarray()
        return array if dtype is None else array.astype(dtype)


class NDArrayView(ArrayMixin):
    """An array of the toolkit: dense, or sparse rows.

    Args:
        shape: static shape.
        data_type: element type.
        device: where the memory lies; default: the CPU.

    >>> NDArrayView.from_dense(np.ones((2, 3), np.float32)).shape
    (2, 3)
    """

    def __init__(self, shape, data_type, device=None) -> None:
        self._data: AnyRows = np.zeros(shape, as_dtype(data_type))
        self._read_only = False

    _lender: object = None  # whom the memory goes back to when the view is gone

    @classmethod
    def _wrap(cls, data: AnyRows, read_only: bool = False, lender: object = None) -> NDArrayView:
        view = cls.__new__(cls)
        view._data, view._read_only, view._lender = data, read_only, lender
        return view

    @staticmethod
    def from_dense(np_array, device=None, read_only=False, borrow=False) -> NDArrayView:
        """Return a view with the data of an array (a copy unless ``borrow``)."""
        if not isinstance(np_array, np.ndarray):
            raise ArgumentError(f"data must be a NumPy array, not {type(np_array).__name__}")
        dtype = as_dtype(np_array.dtype)
        data = np.ascontiguousarray(np_array, dtype)
        return NDArrayView._wrap(data if borrow else data.copy(), read_only)

    @staticmethod
    def from_csr(csr_array, device=None, read_only=False, borrow=False, shape=None) -> NDArrayView:
        """Return a view with the data of a CSR matrix."""
        if not is_csr(csr_array):
            raise ArgumentError(f"data must be a CSR matrix, not {type(csr_array).__name__}")
        return NDArrayView._wrap(SparseRows.from_csr(csr_array), read_only)

    @staticmethod
    def from_data(data, device=None, read_only=False, borrow=False) -> NDArrayView:
        """Return a view with dense or CSR data."""
        make = NDArrayView.from_csr if is_csr(data) else NDArrayView.from_dense
        return make(data, device, read_only, borrow)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype:
        """Element type."""
        return self._data.dtype

    @property
    def device(self):
        """Where the memory lies."""
        return cpu()

    @property
    def is_sparse(self) -> bool:
        """Whether the data are sparse rows."""
        return isinstance(self._data, SparseRows)

    @property
    def is_read_only(self) -> bool:
        """Whether writing is refused."""
        return self._read_only

    def asarray(self) -> np.ndarray:
        """Return a NumPy copy (a SciPy matrix for sparse data)."""
        data = self._data
        return data.to_scipy() if isinstance(data, SparseRows) else data.copy()

    def slice_view(self, start_offset, extent, read_only=True) -> NDArrayView:
        """Return a part of the array that shares its memory.

        Args:
            start_offset: first index of each axis.
            extent: size along each axis; axes left out at the end are whole.
            read_only: refuse writing through the view.
        """
        window = tuple(slice(int(a), int(a) + int(n)) for a, n in zip(start_offset, extent))
        part = self._data[window]
        if tuple(part.shape[: len(window)]) != tuple(int(n) for n in extent):
            raise ShapeError(
                f"slice_view: start {tuple(start_offset)} and extent {tuple(extent)} "
                f"leave the array's shape {self.shape}"
            )
        return NDArrayView._wrap(part, read_only, self._lender)

    def __len__(self) -> int:
        return self.shape[0] if self.shape else 0

    def __call__(self) -> NDArrayView:
        """Return the view itself, for scripts of CNTK 2.0, where ``value.data()`` was a method."""
        warn_deprecated("data(), a method of values,", "the property data")
        return self

    def __repr__(self) -> str:
        return f"NDArrayView({shape_text(self.shape)}, {self.device})"
