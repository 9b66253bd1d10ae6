"""Value: the data of one variable for one minibatch."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from cntk.deprecation import NativeMember
from cntk.device import cpu
from cntk.dtypes import FLOAT32, as_dtype, dtype_code
from cntk.errors import ArgumentError, ExecutionError, ShapeError
from cntk.layout import Layout
from cntk.row_sparse import RowSparse
from cntk.shape import shape_text
from cntk.sparse import AnyRows, SparseRows, is_csr
from cntk.tensor import ArrayMixin, NDArrayView
from cntk.upward import module


class Value(ArrayMixin):
    """Data with its dynamic axes: packed rows and their layout.

    Args:
        batch: a NumPy array (first axis: samples), a CSR matrix, a list of arrays (one sequence
            each), or an NDArrayView.
        seq_starts: for sequences, whether each begins here (False: continues the one before it).
        device: where to keep the data; default: the CPU.

    >>> Value(np.ones((4, 2), np.float32)).shape
    (4, 2)
    """

    ONE_HOT_SKIP = one_hot_skip = 2**32 - 1
    _rows: AnyRows
    _layout: Layout | None
    _lease: Callable[[], bool] | None  # whether the memory is still lent
    _tensor_shape: tuple[int, ...] | None = None  # of samples that sparse rows hold flat

    def __init__(self, batch, seq_starts=None, device=None) -> None:
        rows, lengths = _collect(batch)
        self._init(rows, lengths, seq_starts)

    def _init(self, rows, lengths, starts=None, ends=None, slots=None) -> None:
        if lengths is None and starts is not None:
            raise ArgumentError(
                "you specified sequence begin markers, but your input does not contain a "
                "sequence axis."
            )
        if lengths is not None and starts is not None and len(starts) != len(lengths):
            raise ArgumentError(
                f"you have {len(lengths)} sequences, but only {len(starts)} sequence begin markers"
            )
        count = len(rows) if lengths is None else len(lengths)
        layout = Layout(count, lengths, starts, ends, slots)
        if layout.rows != len(rows):
            raise ShapeError(
                f"Value: lengths add up to {layout.rows} frames, the data have {len(rows)}"
            )
        self._layout, self._rows = layout, layout.pack(rows)
        self._read_only = False
        self._lease = None

    @classmethod
    def from_rows(cls, rows, lengths=None, starts=None, ends=None, slots=None) -> Value:
        """Return a Value of rows in the user's order.

        Args:
            rows: array ``(total rows, *sample shape)`` or CSR ``(total rows, width)``; sequences
                stand one after the other.
            lengths: frames of each sequence; None: no sequence axis, one row per sample.
            starts: whether each sequence begins here; otherwise it goes on from the minibatch
                before.
            ends: whether each sequence ends here; otherwise it goes on in the next minibatch.
            slots: which sequence of the minibatch before goes on: the last in the same slot;
                default: positions.
        """
        value = cls.__new__(cls)
        rows = SparseRows.from_csr(rows) if is_csr(rows) else rows
        value._init(rows, lengths, starts, ends, slots)
        return value

    @classmethod
    def from_packed(cls, rows, layout: Layout | None, lease=None) -> Value:
        """Return a Value around packed rows; ``lease`` tells whether they are still valid."""
        value = cls.__new__(cls)
        if isinstance(rows, RowSparse):
            value._tensor_shape, rows = rows.shape, rows.to_csr()
        value._rows, value._layout, value._lease, value._read_only = rows, layout, lease, False
        return value

    @staticmethod
    def create(var, data, seq_starts=None, device=None, read_only=False) -> Value:
        """Return a Value with data converted as for feeding ``var``.

        Args:
            var: the variable that the data are for.
            data: anything that can be fed to it.
            seq_starts: whether each sequence begins here.
            device: where to keep the data.
            read_only: refuse writing.
        """
        value = module("cntk.execution.arguments.feeding").as_value(var, data, seq_starts)
        if isinstance(data, np.ndarray) and value.shape != data.shape and seq_starts is None:
            value = Value(data.astype(value.dtype, copy=False))  # its axes are told when fed
        value._read_only = read_only
        return value

    @staticmethod
    def one_hot(batch, num_classes, dtype=None, device=None) -> Value:
        """Return sparse one-hot data.

        Args:
            batch: a list of ints (one per sample) or a list of lists of ints (sequences); the
                index ``Value.ONE_HOT_SKIP`` makes an all-zero row.
            num_classes: number of classes, or a shape whose last size is the number of classes.
            dtype: element type; default float32.
            device: where to keep the data.

        Raises:
            ValueError: an index is not an int or not below the number of classes.

        >>> Value.one_hot([[1, 0]], 3).shape
        (1, 2, 3)
        """
        return module("cntk.execution.arguments.one_hot").one_hot_value(
            batch, num_classes, dtype or FLOAT32
        )

    @property
    def layout(self) -> Layout | None:
        """Layout of the rows; None without dynamic axes."""
        return self._layout

    @property
    def rows(self) -> AnyRows:
        """The packed rows.

        Raises:
            RuntimeError: the Function that lent this memory has been run again.
        """
        if not self.is_valid:
            raise ExecutionError(
                "This Value object is invalid and can no longer be accessed: it was erased, or "
                "the Function that computed it has been run again. Use deep_clone() before, or "
                "as_numpy=True"
            )
        return self._rows

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample or frame."""
        if self._tensor_shape is not None:
            return self._tensor_shape
        rows = self._rows
        return tuple(rows.shape if self._layout is None else rows.shape[1:])

    @property
    def shape(self) -> tuple[int, ...]:
        """(samples, [longest length], *sample shape)."""
        layout = self._layout
        if layout is None:
            return self.sample_shape
        if not layout.has_sequences:
            return (layout.num_samples, *self.sample_shape)
        longest = int(layout.lengths.max()) if layout.num_samples else 0
        return (layout.num_samples, longest, *self.sample_shape)

    @property
    def dtype(self) -> np.dtype:
        """Element type."""
        return self._rows.dtype

    @property
    def is_sparse(self) -> bool:
        """Whether the rows are sparse."""
        return isinstance(self._rows, SparseRows)

    @property
    def is_valid(self) -> bool:
        """Whether the data can be read: not any more once a Function that lent them runs again."""
        return self._lease is None or self._lease()

    @property
    def is_read_only(self) -> bool:
        """Whether writing is refused."""
        return self._read_only

    @property
    def device(self):
        """Where the data lie."""
        return cpu()

    @property
    def mask(self) -> np.ndarray:
        """(samples, longest length), int8: 2 = begin of a sequence, 1 = frame, 0 = gap.

        Raises:
            AttributeError: all sequences begin here and have the same length: there is no mask.
        """
        layout = self._layout
        if layout is None or not layout.has_sequences:
            raise AttributeError("this Value has no mask: it has no sequences")
        mask = (np.arange(layout.lengths.max()) < layout.lengths[:, None]).astype(np.int8)
        starts = np.ones(len(mask), bool) if layout.starts is None else np.asarray(layout.starts)
        if mask.all() and starts.all():
            raise AttributeError("this Value has no mask: its sequences are not ragged")
        mask[starts, 0] = 2
        return mask

    @property
    def data(self) -> NDArrayView:
        """The padded data as one array."""
        if self.is_sparse:
            return NDArrayView._wrap(self.rows, True, self)
        return NDArrayView._wrap(self._padded(), self._read_only, self)

    def _padded(self) -> np.ndarray:
        rows, layout = self.rows, self._layout
        if isinstance(rows, SparseRows):
            rows = rows.to_dense().reshape(-1, *self.sample_shape)
        if layout is None or not layout.has_sequences:
            return rows
        return layout.pad(rows)

    def asarray(self) -> np.ndarray:
        """Return the padded data; the gaps of ragged sequences are zeros."""
        layout = self._layout
        if layout is not None and layout.has_sequences and len(set(layout.lengths.tolist())) > 1:
            warnings.warn(
                "asarray() of ragged sequences pads with zeros and drops the mask; "
                "as_sequences() returns one array per sequence",
                RuntimeWarning,
                stacklevel=2,
            )
        rows = self.rows
        if isinstance(rows, SparseRows) and (layout is None or not layout.has_sequences):
            return rows.to_scipy()
        padded = self._padded()
        return padded.copy() if padded is self._rows else padded

    def as_sequences(self, variable=None) -> list:
        """Return one array per sequence or sample, in the user's order; sparse data as CSR.

        Args:
            variable: a variable that the data are of; tells whether there may be sequences.

        Raises:
            ValueError: there are no dynamic axes, or longer sequences than ``variable`` may have.
        """
        rows, layout = self.rows, self._layout
        if layout is None:
            raise ArgumentError("this Value has no dynamic axes, so it has no sequences")
        if variable is not None and len(variable.dynamic_axes) < 2 and layout.frames.max() > 1:
            raise ArgumentError(f"'{variable}' has no sequence axis; this is {layout.describe()}")
        if isinstance(rows, SparseRows):
            frames, ends = layout.unpack(rows), np.cumsum(layout.frames).tolist()
            return [frames[i:end].to_scipy() for i, end in zip([0, *ends], ends)]
        parts = layout.split(rows) if layout.has_sequences else [x[...] for x in rows]
        return [part.copy() for part in parts]

    def deep_clone(self, read_only: bool = False) -> Value:
        """Return a copy that stays valid."""
        rows = self.rows
        clone = Value.from_packed(rows.copy(), self._layout)
        clone._tensor_shape = self._tensor_shape
        clone._read_only = read_only
        return clone

    def alias(self, read_only: bool = False) -> Value:
        """Return another Value of the same memory."""
        alias = Value.from_packed(self.rows, self._layout, self._lease)
        alias._tensor_shape, alias._read_only = self._tensor_shape, self._read_only or read_only
        return alias

    def copy_from(self, source: Value) -> None:
        """Take over the numbers of another Value of the same shape and lengths.

        Raises:
            ValueError: shapes or lengths differ, the data are sparse, or this is read-only.
        """
        lengths = [None if x.layout is None else x.layout.frames.tolist() for x in (self, source)]
        rows = self.rows
        if self.shape != source.shape or lengths[0] != lengths[1]:
            raise ShapeError(
                f"NDArrayView::CopyFrom: The source view shape '{shape_text(source.shape)}' is not "
                f"same as the shape '{shape_text(self.shape)}' of this NDArrayView, or the lengths "
                "of their sequences differ"
            )
        if self._read_only or not isinstance(rows, np.ndarray) or source.is_sparse:
            raise ArgumentError("copy_from: dense numbers are written to a Value that allows it")
        rows[...] = source.rows

    def get_data_type(self) -> int:
        """Return CNTK's number of the element type: 1 float32, 2 float64, 4 float16."""
        return dtype_code(self.dtype)

    def get_storage_format(self) -> int:
        """Return CNTK's number of the form of storage: 0 dense, 1 sparse."""
        return int(self.is_sparse)

    def erase(self) -> None:
        """Let the data go; from now on the Value is not valid."""
        self._rows, self._lease = np.empty(0, self.dtype), lambda: False

    copy_variable_value_to = NativeMember("as_sequences(variable)")
    copy_variable_value_to_double = NativeMember("as_sequences(variable)")
    copy_variable_value_to_float = NativeMember("as_sequences(variable)")
    create_batch_double = NativeMember("Value.create(variable, array)")
    create_batch_float = NativeMember("Value.create(variable, array)")
    create_dense_double = NativeMember("Value.create(variable, array)")
    create_dense_float = NativeMember("Value.create(variable, array)")
    create_one_hot_double = NativeMember("Value.one_hot(indices, num_classes, dtype)")
    create_one_hot_float = NativeMember("Value.one_hot(indices, num_classes, dtype)")
    create_sequence_double = NativeMember("Value.create(variable, [array])")
    create_sequence_float = NativeMember("Value.create(variable, [array])")
    unpack_variable_value = NativeMember("as_sequences(variable)")

    def masked_count(self) -> int:
        """Return how many places of the padded data belong to no frame."""
        layout = self._layout
        if layout is None or not layout.has_sequences:
            return 0
        return int(layout.num_samples * layout.lengths.max() - layout.lengths.sum())

    def as_string(self) -> str:
        """Return what it prints as."""
        return str(self)

    def __len__(self) -> int:
        return self.shape[0] if self.shape else 0

    def __repr__(self) -> str:
        return f"Value({shape_text(self.shape)}, {self.device})"


def _collect(batch) -> tuple:
    """Return (rows, lengths) of what a user gives to the constructor."""
    if isinstance(batch, NDArrayView):
        batch = batch._data if batch._lender is None else batch._data.copy()
        batch = batch if len(batch.shape) else batch.reshape(1)
    if isinstance(batch, Value):
        layout = batch.layout
        if layout is None:
            raise ArgumentError("Value: the batch is a Value without samples: it has no batch axis")
        return layout.unpack(batch.rows), layout.lengths
    if is_csr(batch):
        return SparseRows.from_csr(batch), None
    if isinstance(batch, np.ndarray):
        if batch.ndim == 0:
            raise ShapeError("Value: a batch has at least one axis, the samples")
        return np.ascontiguousarray(batch, as_dtype(batch.dtype)), None
    if isinstance(batch, (list, tuple)) and len(batch):
        parts: list = [part._data if isinstance(part, NDArrayView) else part for part in batch]
        if all(is_csr(part) for part in parts):
            sparse = [SparseRows.from_csr(part) for part in parts]
            return SparseRows.stack(sparse), [len(part) for part in sparse]
        if all(isinstance(part, np.ndarray) for part in parts):
            if len({part.shape[1:] for part in parts}) != 1:
                raise ShapeError("Value: the sequences of one batch have different sample shapes")
            rows = np.concatenate(parts).astype(as_dtype(parts[0].dtype), copy=False)
            return rows, [len(part) for part in parts]
    raise ArgumentError(
        "batch must be a list of NumPy arrays or SciPy CSR matrices, "
        f"or one such array, not {type(batch).__name__}"
    )
