"""Feeding: what a user gives for a variable becomes rows and a layout."""

from __future__ import annotations

import warnings

import numpy as np

from cntk.dtypes import FLOAT32
from cntk.errors import ArgumentError, ExecutionError, ShapeError
from cntk.layout import Layout
from cntk.shape import shape_text
from cntk.sparse import SparseRows, is_csr
from cntk.tensor import NDArrayView
from cntk.value import Value
from cntk.variables import Variable

_warned: set[str] = set()


def named_arguments(function, arguments) -> dict[Variable, object]:
    """Return {variable: data} for what a user passes as ``arguments``."""
    expected = function.arguments
    flags = None
    if isinstance(arguments, tuple) and len(arguments) == 2 and isinstance(arguments[0], dict):
        arguments, flags = arguments
    if not isinstance(arguments, dict):
        if arguments is None and not expected:
            return {}
        if arguments is None:
            raise ArgumentError(f"function expects {len(expected)} arguments")
        if len(expected) != 1:
            raise ArgumentError(
                f"non-dict argument ({type(arguments).__name__}) is not supported for nodes "
                f"with more than one input; this one has {len(expected)}: "
                f"{', '.join(a.name or a.uid for a in expected)}"
            )
        arguments = {expected[0]: arguments}
    elif not arguments and expected:
        raise ArgumentError(f"function expects {len(expected)} arguments")
    result = {}
    for key, data in arguments.items():
        variable = key if isinstance(key, Variable) else _named(key, expected)
        result[variable] = data if flags is None else (data, flags)
    return result


def _named(key, expected) -> Variable:
    if hasattr(key, "output"):
        return key.output
    found = [v for v in expected if v.name == key or v.uid == key]
    if not found:
        raise ArgumentError(
            f'variable with name "{key}" does not exist in the network. Available variable '
            f"names: {', '.join(v.name or v.uid for v in expected)}"
        )
    if len(found) > 1:
        raise ArgumentError(f'node name "{key}" is not unique')
    return found[0]


def as_value(variable: Variable, data, starts=None) -> Value:
    """Return data as a Value that fits a variable."""
    rows, layout = rows_for(variable, data if starts is None else (data, starts))
    return Value.from_packed(rows, layout)


def rows_for(variable: Variable, data) -> tuple[object, Layout | None]:
    """Return (packed rows, layout) of data for a variable; layout is None without dynamic axes.

    Raises:
        ValueError: the data do not fit the variable's shape, axes, or storage.
        RuntimeError: the minibatch is empty.
    """
    shape, axes = variable._shape, variable._dynamic_axes
    if (  # the common case first: an array of samples
        type(data) is np.ndarray
        and data.dtype == variable._dtype
        and len(axes) == 1
        and not variable._is_sparse
        and data.shape[1:] == shape
        and len(data)
        and data.ndim > len(shape)
    ):
        return data, Layout(len(data))
    if hasattr(data, "num_samples") and hasattr(data, "value"):  # MinibatchData
        return rows_for(variable, data.value)
    starts = None
    if isinstance(data, tuple) and len(data) == 2 and _are_flags(data[1]):
        data, starts = data
        if len(axes) < 2:
            raise ArgumentError(
                "you specified sequence begin markers, but your input does not contain a "
                "sequence axis."
            )
    if isinstance(data, NDArrayView):
        data = data._data
    if isinstance(data, Value):
        rows, layout = _from_value(variable, data)
    elif not axes:
        rows, layout = _static(variable, data), None
    elif len(axes) == 1:
        rows = _samples(variable, data)
        layout = Layout(len(rows))
    else:
        rows, lengths = _sequences(variable, data)
        if starts is not None and len(starts) != len(lengths):
            raise ArgumentError(
                f"you have {len(lengths)} sequences, but only {len(starts)} sequence begin markers"
            )
        layout = Layout(len(lengths), lengths, starts)
        rows = layout.pack(rows)
    if layout is not None and layout.rows == 0:
        raise ExecutionError(
            "NarrowTo: Invalid bounds parameter, dimensions must be at least one. "
            f"The minibatch for {variable} is empty; give at least one sample"
        )
    return rows, layout


def _are_flags(flags) -> bool:
    return isinstance(flags, (list, tuple, np.ndarray)) and all(
        isinstance(f, (bool, np.bool_)) for f in flags
    )


def _from_value(variable: Variable, value: Value) -> tuple[object, Layout | None]:
    rows, layout = value.rows, value.layout
    axes = variable._dynamic_axes
    if variable._is_sparse and not value.is_sparse:
        raise _dense_into_sparse(variable)
    if value.is_sparse and not variable._is_sparse:
        rows = rows.to_dense()
    rows = rows if isinstance(rows, SparseRows) else _typed(rows, variable)
    if not axes:
        return _static(variable, rows if layout is None else rows[0]), None
    if layout is None:
        rows, layout = rows[None], Layout(1)
    if len(axes) == 1 and layout.has_sequences:
        if not (layout.lengths == 1).all():
            raise ShapeError(
                f"{variable} has no sequence axis, but the Value holds {layout.describe()}"
            )
        layout = Layout(layout.num_samples)
    elif len(axes) == 2 and not layout.has_sequences:
        layout = Layout(layout.num_samples, np.ones(layout.num_samples, np.int64))
    return _shaped(variable, rows), layout


def _shaped(variable: Variable, rows):
    """Return rows with the variable's sample shape; equal element counts are enough."""
    shape = variable._shape
    if isinstance(rows, SparseRows):
        return _checked_width(variable, rows)
    if _fits(rows.shape[1:], shape):
        return rows
    if all(n > 0 for n in shape) and int(np.prod(rows.shape[1:])) == int(np.prod(shape)):
        return rows.reshape(len(rows), *shape)
    raise _trailing(variable, rows.shape)


def _fits(given: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(given) == len(shape) and all(n == g or n < 0 for n, g in zip(shape, given))


def _trailing(variable: Variable, shape: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"The trailing dimensions of the Value shape '{shape_text(tuple(shape))}' do not match "
        f"the Variable '{variable}' shape '{shape_text(variable._shape)}'."
    )


def _dense_into_sparse(variable: Variable) -> ArgumentError:
    return ArgumentError(
        f"Dense input data supplied for sparse input Variable '{variable}'. "
        "try: a SciPy CSR matrix, or C.Value.one_hot"
    )


def _typed(data, variable: Variable) -> np.ndarray:
    """Return data as an array of the variable's element type."""
    if isinstance(data, NDArrayView):
        data = data._data
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ShapeError(f"data for {variable} are ragged: {error}") from None
    if array.dtype == variable._dtype:
        return array
    if array.dtype.kind not in "fiub":
        raise ArgumentError(
            "batch must be a list of NumPy arrays or SciPy CSR matrices; "
            f"the data for {variable} have dtype {array.dtype}"
        )
    if isinstance(data, np.ndarray) and array.dtype.kind == "f" and variable.uid not in _warned:
        _warned.add(variable.uid)
        warnings.warn(
            f'your data is of type "{array.dtype}", but your input variable '
            f'(uid "{variable.uid}") expects "{np.dtype(variable._dtype)}". Please convert your '
            "data beforehand to speed up training.",
            stacklevel=2,
        )
    return array.astype(variable._dtype)


def _static(variable: Variable, data) -> np.ndarray:
    if is_csr(data):
        data = SparseRows.from_csr(data).to_dense()
    array = _typed(data, variable)
    if not _fits(array.shape, variable._shape):
        if array.shape[:1] == (1,) and _fits(array.shape[1:], variable._shape):
            return array[0]
        raise _trailing(variable, array.shape)
    return array


def _samples(variable: Variable, data):
    """Return rows, one per sample."""
    shape = variable._shape
    if is_csr(data):
        return _sparse_rows(variable, [data])
    if isinstance(data, (list, tuple)) and data and all(is_csr(part) for part in data):
        return _sparse_rows(variable, list(data))
    if variable._is_sparse:
        raise _dense_into_sparse(variable)
    if isinstance(data, (list, tuple)):
        if not data:
            return np.zeros((0, *(n if n > 0 else 0 for n in shape)), variable._dtype)
        parts = [_typed(part, variable) for part in data]
        for i, part in enumerate(parts):
            if not _fits(part.shape, shape):
                if part.shape[:1] == (1,) and _fits(part.shape[1:], shape):
                    parts[i] = part[0]
                    continue
                raise ShapeError(
                    f"The shape '{shape_text(part.shape)}' of sequence #{i} is not compatible "
                    f"with the Variable '{variable}' shape '{shape_text(shape)}'; "
                    "a list holds one array per sample"
                )
        return np.stack(parts)
    array = _typed(data, variable)
    rank = len(shape)
    if array.ndim < rank:
        raise ShapeError(
            f"Value's rank ({array.ndim}) should be >= the Variable's rank ({rank}) for {variable}"
        )
    if array.ndim == rank and _fits(array.shape, shape):
        return array[None]
    if array.ndim == rank + 1 and _fits(array.shape[1:], shape):
        return array
    if array.ndim == rank + 2 and array.shape[1] == 1 and _fits(array.shape[2:], shape):
        return array[:, 0]
    raise _trailing(variable, array.shape)


def _sequences(variable: Variable, data) -> tuple[object, np.ndarray]:
    """Return (frames of all sequences one after the other, lengths)."""
    shape = variable._shape
    rank = len(shape)
    if is_csr(data):
        rows = _sparse_rows(variable, [data])
        return rows, np.array([len(rows)])
    if isinstance(data, (list, tuple)) and data and all(is_csr(part) for part in data):
        return _sparse_rows(variable, list(data)), np.array([p.shape[0] for p in data])
    if variable._is_sparse:
        raise _dense_into_sparse(variable)
    if isinstance(data, (list, tuple)):
        parts = [_frames(variable, part, i) for i, part in enumerate(data)]
        if not parts:
            return np.zeros((0, *shape), variable._dtype), np.zeros(0, np.int64)
        return np.concatenate(parts), np.array([len(part) for part in parts])
    array = _typed(data, variable)
    if array.ndim == rank and _fits(array.shape, shape):
        return array[None], np.array([1])
    if array.ndim == rank + 1 and _fits(array.shape[1:], shape):
        return array, np.array([len(array)])
    if array.ndim == rank + 2 and _fits(array.shape[2:], shape):
        lengths = np.full(len(array), array.shape[1])
        return array.reshape(-1, *array.shape[2:]), lengths
    if array.ndim < rank:
        raise ShapeError(
            f"Value's rank ({array.ndim}) should be >= the Variable's rank ({rank}) for {variable}"
        )
    raise _trailing(variable, array.shape)


def _frames(variable: Variable, part, number: int) -> np.ndarray:
    frames = _typed(part, variable)
    shape = variable._shape
    if frames.ndim == len(shape) and _fits(frames.shape, shape):
        return frames[None]
    if frames.ndim == len(shape) + 1 and _fits(frames.shape[1:], shape):
        return frames
    raise ShapeError(
        f"The shape '{shape_text(frames.shape)}' of sequence #{number} is not compatible with "
        f"the Variable '{variable}' shape '{shape_text(shape)}'; "
        "a sequence is an array (frames, *shape)"
    )


def _sparse_rows(variable: Variable, parts: list):
    rows = [SparseRows.from_csr(part, variable._dtype) for part in parts]
    stacked = rows[0] if len(rows) == 1 else SparseRows.stack(rows)
    _checked_width(variable, stacked)
    if variable._is_sparse:
        return stacked
    return stacked.to_dense().reshape(len(stacked), *variable._shape)


def _checked_width(variable: Variable, rows: SparseRows) -> SparseRows:
    if rows.width != int(np.prod(variable._shape)):
        raise _trailing(variable, rows.shape)
    return rows


def one_hot_value(batch, num_classes, dtype=FLOAT32) -> Value:
    """Return sparse one-hot data; see :meth:`cntk.Value.one_hot`."""
    if isinstance(batch, np.ndarray):
        batch = batch.tolist()
    width = num_classes[-1] if isinstance(num_classes, (tuple, list)) else int(num_classes)
    if not isinstance(batch, (list, tuple)) or not len(batch):
        raise ArgumentError("one_hot: batch must be a list of ints, or a list of lists of ints")
    nested = isinstance(batch[0], (list, tuple, np.ndarray))
    flat = [index for part in batch for index in part] if nested else list(batch)
    if not all(isinstance(index, (int, np.integer)) and not isinstance(index, bool)
               for index in flat):  # fmt: skip
        raise ArgumentError("one_hot: indices must be ints")
    lengths = [len(part) for part in batch] if nested else None
    kept = [i for i in flat if i != Value.ONE_HOT_SKIP]
    if kept and not 0 <= min(kept) <= max(kept) < width:
        wrong = next(i for i in kept if not 0 <= i < width)
        raise ArgumentError(f"one-hot index value ({wrong}) exceeds vocabulary size ({width}).")
    counts = np.array([index != Value.ONE_HOT_SKIP for index in flat], np.int64)
    indptr = np.concatenate(([0], np.cumsum(counts)))
    rows = SparseRows(np.ones(len(kept), dtype), np.array(kept, np.int64), indptr, width)
    if isinstance(num_classes, (tuple, list)) and len(num_classes) > 1:
        return _one_hot_samples(rows, lengths, tuple(num_classes), dtype)
    return Value.from_rows(rows, lengths)


def _one_hot_samples(rows: SparseRows, lengths, shape: tuple[int, ...], dtype) -> Value:
    """Return one-hot data whose samples are tensors of several one-hot rows."""
    per_sample = int(np.prod(shape[:-1]))
    if any(n % per_sample for n in (lengths or [len(rows)])):
        raise ShapeError(
            f"one_hot: the number of indices must be a multiple of {per_sample} for {shape}"
        )
    width = per_sample * rows.width
    place = np.arange(len(rows)) % per_sample
    indices = rows.indices + rows.width * place[rows.row_of_value()]
    samples = SparseRows(rows.data, indices, rows.indptr[::per_sample], width)
    counts = [n // per_sample for n in lengths] if lengths is not None else None
    value = Value.from_rows(samples, counts)
    value.one_hot_shape = shape
    return value
