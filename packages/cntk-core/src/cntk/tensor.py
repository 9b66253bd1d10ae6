"""Memory with a type: NDArrayView (one array) and the mixins of everything that has operators."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from cntk.deprecation import NativeMember, warn_deprecated
from cntk.device import cpu
from cntk.dtypes import as_dtype, dtype_code
from cntk.errors import ArgumentError, DTypeError, ShapeError
from cntk.generator import next_seed, uniform
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
        data = np.asarray(np_array, dtype, order="C")  # a number stays without axes
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

    def get_data_type(self) -> int:
        """Return CNTK's number of the element type: 1 float32, 2 float64, 4 float16."""
        return dtype_code(self.dtype)

    def get_storage_format(self) -> int:
        """Return CNTK's number of the form of storage: 0 dense, 1 sparse."""
        return int(self.is_sparse)

    is_slice_view = NativeMember("np.shares_memory, of arrays")

    @staticmethod
    def random_uniform_float(shape, low, high, seed=None, device=None) -> NDArrayView:
        """Return float32 numbers spread evenly from ``low`` up to ``high``.

        Args:
            shape: shape of the array.
            low: least number.
            high: upper end, not reached.
            seed: a number that tells which; default: others each time.
            device: where the memory lies.
        """
        return NDArrayView._random(shape, low, high, seed, np.float32)

    @staticmethod
    def random_uniform_double(shape, low, high, seed=None, device=None) -> NDArrayView:
        """Return float64 numbers; as :meth:`random_uniform_float`."""
        return NDArrayView._random(shape, low, high, seed, np.float64)

    @staticmethod
    def _random(shape, low: float, high: float, seed: int | None, dtype) -> NDArrayView:
        seed = next_seed() if seed is None else seed
        return NDArrayView._wrap(uniform(seed, 0, tuple(shape), low, high, np.dtype(dtype)))

    def asarray(self) -> np.ndarray:
        """Return a NumPy copy (a SciPy matrix for sparse data)."""
        data = self._data
        return data.to_scipy() if isinstance(data, SparseRows) else data.copy()

    to_ndarray = asarray

    def as_string(self) -> str:
        """Return what it prints as."""
        return str(self)

    def set_value(self, value: float) -> None:
        """Set all numbers to one.

        Raises:
            ValueError: the view is read-only, or its data are sparse.
        """
        self._writable()[...] = float(value)

    def copy_from(self, source: NDArrayView) -> None:
        """Take over the numbers of another view of the same shape.

        Raises:
            ValueError: the shapes differ, or this view is read-only, or sparse.
            RuntimeError: the element types differ.
        """
        if source.shape != self.shape:
            raise ShapeError(
                f"NDArrayView::CopyFrom: The source view shape '{shape_text(source.shape)}' is not "
                f"same as the shape '{shape_text(self.shape)}' of this NDArrayView."
            )
        if source.dtype != self.dtype:
            raise DTypeError(f"copy_from: {source.dtype} is copied into a view of {self.dtype}")
        self._writable()[...] = source.asarray()

    def _writable(self) -> np.ndarray:
        if self._read_only or isinstance(self._data, SparseRows):
            kind = "read-only" if self._read_only else "sparse"
            raise ArgumentError(
                f"Cannot get a writable TensorView from a {kind} NDArrayView. try: deep_clone()"
            )
        return self._data

    def alias(self, read_only: bool = False) -> NDArrayView:
        """Return another view of the same memory; read-only if this one is, or if asked for."""
        return NDArrayView._wrap(self._data, self._read_only or read_only, self)

    def deep_clone(self, *given) -> NDArrayView:
        """Return a copy: ``deep_clone()``, ``deep_clone(read_only)``, or after a device."""
        read_only = bool(given[-1]) if given and isinstance(given[-1], bool) else False
        return NDArrayView._wrap(self._data.copy(), read_only)

    def as_shape(self, shape: tuple[int, ...]) -> NDArrayView:
        """Return a view of the same memory in another shape.

        Raises:
            ValueError: the number of elements differs, or the data are sparse.
        """
        if isinstance(self._data, SparseRows):
            raise ArgumentError("as_shape: sparse data keep their shape")
        if math.prod(shape) != math.prod(self.shape):
            raise ShapeError(
                f"NDArrayView::AsShape: The total size ({math.prod(self.shape)}) of this view's "
                f"shape '{shape_text(self.shape)}' must be same as the size ({math.prod(shape)}) "
                f"of the newShape '{shape_text(tuple(shape))}'."
            )
        return NDArrayView._wrap(self._data.reshape(shape), self._read_only, self)

    def change_device(self, device) -> None:
        """Move the memory to a device; all of it is on the CPU."""
        if device != cpu():
            raise ArgumentError(f"an NDArrayView lies on {cpu()}, it cannot move to {device}")

    def slice_view(self, start_offset, extent, read_only=True) -> NDArrayView:
        """Return a part of the array that shares its memory.

        Args:
            start_offset: first index of each axis.
            extent: size along each axis. If there are fewer than offsets, they are those of the
                last axes; of the axes before them, the one index of ``start_offset`` is taken.
            read_only: refuse writing through the view.
        """
        picked = max(len(start_offset) - len(extent), 0)
        window: tuple[Any, ...] = (
            *(int(a) for a in start_offset[:picked]),
            *(slice(int(a), int(a) + int(n)) for a, n in zip(start_offset[picked:], extent)),
        )
        try:
            part = self._data[window]
        except IndexError:
            part = self._data[:0]
        if tuple(part.shape[: len(extent)]) != tuple(int(n) for n in extent):
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
