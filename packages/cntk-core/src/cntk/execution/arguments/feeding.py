"""Feeding: what a user gives for a variable becomes rows and a layout."""

from __future__ import annotations

import numpy as np

import cntk.plugins as plugins
from cntk.deprecation import warn_user
from cntk.errors import ArgumentError
from cntk.execution.arguments import misfit
from cntk.layout import Layout, layout_of
from cntk.sparse import AnyRows, SparseRows, is_csr
from cntk.tensor import NDArrayView
from cntk.value import Value
from cntk.variables import Variable

_warned: set[str] = set()


def named_arguments(function, arguments) -> dict[Variable, object]:
    """Return {variable: data} for what a user passes as ``arguments``."""
    expected = [v for v in function.arguments if not v.is_output]  # those of a part of a model
    flags = None
    if isinstance(arguments, tuple) and len(arguments) == 2 and isinstance(arguments[0], dict):
        arguments, flags = arguments
    if not isinstance(arguments, dict):
        if not expected:
            if arguments is None or (isinstance(arguments, (list, tuple)) and not arguments):
                return {}
            raise misfit.no_arguments(function, type(arguments))
        if arguments is None:
            raise misfit.no_data(expected)
        if len(expected) != 1:
            raise misfit.whose_data(expected, type(arguments))
        arguments = {expected[0]: arguments}
    elif not arguments and expected:
        raise misfit.no_data(expected)
    result = {}
    for key, data in arguments.items():
        variable = key if isinstance(key, Variable) else _named(key, expected)
        if flags is not None and isinstance(data, tuple):
            raise misfit.markers_twice(variable)
        result[variable] = data if flags is None else (data, flags)
    return result


def _named(key, expected) -> Variable:
    if hasattr(key, "output"):
        return key.output
    found = [v for v in expected if v.name == key or v.uid == key]
    if not found:
        raise misfit.unknown_name(key, expected)
    if len(found) > 1:
        raise ArgumentError(f'node name "{key}" is not unique')
    return found[0]


def as_value(variable: Variable, data, starts=None) -> Value:
    """Return data as a Value that fits a variable."""
    rows, layout = rows_for(variable, data if starts is None else (data, starts))
    return Value.from_packed(rows, layout)


def rows_for(variable: Variable, data) -> tuple[AnyRows, Layout | None]:
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
        and data.ndim == len(shape) + 1
        and data.shape[1:] == shape
        and data.size
    ):
        return data, Layout(len(data))
    starts = None
    if isinstance(data, tuple) and not _is_minibatch_data(data):
        data, starts = _with_markers(variable, data)
    if _is_minibatch_data(data):
        data = data.value
    if isinstance(data, NDArrayView):
        _check_type(variable, data._data)
        data = data._data
    if isinstance(data, Value):
        rows, layout = _from_value(variable, data)
        if layout is not None:
            layout = _started(variable, layout, starts)
    elif not axes:
        rows, layout = _static(variable, data), None
    elif len(axes) == 1:
        rows = _samples(variable, data)
        layout = Layout(len(rows))
    else:
        frames, lengths = _sequences(variable, data)
        layout = _started(variable, layout_of(lengths), starts)
        rows = _packed(frames, layout) if isinstance(frames, list) else layout.pack(frames)
    if layout is not None and layout.rows == 0:
        raise misfit.empty(variable)
    if 0 in rows.shape:
        raise misfit.no_elements(variable, rows.shape)
    return rows, layout


def _packed(parts: list[np.ndarray], layout: Layout) -> np.ndarray:
    """Return packed rows from the frames of each sequence, made by whoever does it fastest."""
    for packer in plugins.packers():
        rows = packer(parts, layout)
        if rows is not None:
            return rows
    return layout.pack_parts(parts)


def _with_markers(variable: Variable, pair: tuple) -> tuple:
    """Return (data, begin markers) of a tuple; None stands for no markers."""
    if len(pair) != 2 or not (pair[1] is None or _are_markers(pair[1])):
        raise misfit.no_markers(variable)
    if pair[1] is not None and len(variable._dynamic_axes) < 2:
        raise misfit.no_sequence_to_begin(variable)
    return pair


def _is_minibatch_data(data) -> bool:
    """Whether data are those of a stream of a minibatch source."""
    return hasattr(data, "num_samples") and hasattr(data, "value")


def _started(variable: Variable, layout: Layout, starts) -> Layout:
    """Return the layout of sequences with begin markers; None stands for no markers."""
    if starts is None:
        return layout
    if layout.starts is not None:
        raise misfit.markers_twice(variable)
    if len(starts) != layout.num_samples:
        raise misfit.wrong_number_of_markers(variable, layout.num_samples, len(starts))
    return Layout(layout.num_samples, layout.lengths, starts)


def _are_markers(markers) -> bool:
    return isinstance(markers, (list, tuple, np.ndarray)) and all(
        isinstance(marker, (bool, np.bool_)) for marker in markers
    )


def _check_type(variable: Variable, data: AnyRows) -> None:
    """Refuse Values and views of another element type: only arrays are converted."""
    if data.dtype != variable._dtype:
        raise misfit.other_type(variable, data.dtype)


def _from_value(variable: Variable, value: Value) -> tuple[AnyRows, Layout | None]:
    rows, layout = value.rows, value.layout
    axes = variable._dynamic_axes
    _check_type(variable, rows)
    if variable._is_sparse and not value.is_sparse:
        raise misfit.dense_into_sparse(variable)
    if isinstance(rows, SparseRows) and not variable._is_sparse:
        rows = rows.to_dense()
    rows = rows if isinstance(rows, SparseRows) else _typed(rows, variable)
    if not axes:
        return _static(variable, rows if layout is None else rows[0]), None
    if layout is None or _is_one_sample(variable, rows):
        rows, layout = rows[None], Layout(1)
    if len(axes) == 1 and layout.has_sequences:
        if not (layout.lengths == 1).all():
            raise misfit.has_no_sequences(variable, layout)
        layout = Layout(layout.num_samples)
    elif len(axes) == 2 and not layout.has_sequences:
        rows, layout = _rows_as_sequences(variable, rows)
    return _shaped(variable, rows), layout


def _is_one_sample(variable: Variable, rows) -> bool:
    shape = variable._shape
    return rows.ndim == len(shape) and not variable._is_sparse and _fits(rows.shape, shape)


def _rows_as_sequences(variable: Variable, rows: AnyRows) -> tuple[AnyRows, Layout]:
    """Return data ``(frames, ...)`` as one sequence, ``(sequences, frames, ...)`` as several."""
    if not isinstance(rows, SparseRows) and rows.ndim == len(variable._shape) + 2:
        layout = Layout(len(rows), np.full(len(rows), rows.shape[1]))
        return layout.pack(rows.reshape(-1, *rows.shape[2:])), layout
    return rows, Layout(1, [len(rows)])


def _shaped(variable: Variable, rows: AnyRows) -> AnyRows:
    """Return rows with the variable's sample shape; equal element counts are enough."""
    shape = variable._shape
    if isinstance(rows, SparseRows):
        return _checked_width(variable, rows)
    if _fits(rows.shape[1:], shape):
        return rows
    if all(n > 0 for n in shape) and int(np.prod(rows.shape[1:])) == int(np.prod(shape)):
        return rows.reshape(len(rows), *shape)
    raise misfit.wrong_shape(variable, rows.shape)


def _fits(given: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(given) == len(shape) and all(n == g or n < 0 for n, g in zip(shape, given))


def _typed(data, variable: Variable) -> np.ndarray:
    """Return data as an array of the variable's element type."""
    if isinstance(data, NDArrayView):
        data = data._data
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise misfit.ragged(variable, str(error)) from None
    if array.dtype == variable._dtype:
        return array
    if array.dtype.kind not in "fiub":
        raise misfit.wrong_type(variable, array.dtype)
    if isinstance(data, np.ndarray) and array.dtype.kind == "f" and variable.uid not in _warned:
        _warned.add(variable.uid)
        warn_user(
            f'your data is of type "{array.dtype}", but your input variable '
            f'(uid "{variable.uid}") expects "{np.dtype(variable._dtype)}". Please convert your '
            "data beforehand to speed up training."
        )
    return array.astype(variable._dtype)


def _static(variable: Variable, data) -> np.ndarray:
    if is_csr(data):
        data = SparseRows.from_csr(data).to_dense()
    array = _typed(data, variable)
    if not _fits(array.shape, variable._shape):
        if array.shape[:1] == (1,) and _fits(array.shape[1:], variable._shape):
            return array[0]
        raise misfit.wrong_shape(variable, array.shape)
    return array


def _samples(variable: Variable, data) -> AnyRows:
    """Return rows, one per sample."""
    shape = variable._shape
    if is_csr(data):
        return _sparse_rows(variable, [data])
    if isinstance(data, (list, tuple)) and data and all(is_csr(part) for part in data):
        for i, part in enumerate(data):
            if part.shape[0] != 1:
                raise misfit.wrong_part(variable, i, part.shape)
        return _sparse_rows(variable, list(data))
    if variable._is_sparse:
        raise misfit.dense_into_sparse(variable, data)
    if isinstance(data, (list, tuple)):
        if not data:
            return np.zeros((0, *(n if n > 0 else 0 for n in shape)), variable._dtype)
        parts = [_typed(part, variable) for part in data]
        for i, part in enumerate(parts):
            if not _fits(part.shape, shape):
                if part.shape[:1] == (1,) and _fits(part.shape[1:], shape):
                    parts[i] = part[0]
                    continue
                raise misfit.wrong_part(variable, i, part.shape)
        _check_alike(variable, parts)
        return np.stack(parts)
    array = _typed(data, variable)
    rank = len(shape)
    if array.ndim < rank:
        raise misfit.too_few_axes(variable, array.shape)
    if array.ndim == rank and _fits(array.shape, shape):
        return array[None]
    if array.ndim == rank + 1 and _fits(array.shape[1:], shape):
        return array
    if array.ndim == rank + 2 and array.shape[1] == 1 and _fits(array.shape[2:], shape):
        return array[:, 0]
    raise misfit.wrong_shape(variable, array.shape)


def _sequences(variable: Variable, data) -> tuple[AnyRows | list[np.ndarray], np.ndarray]:
    """Return (frames of all sequences one after the other, or a list of them; lengths)."""
    shape = variable._shape
    rank = len(shape)
    if is_csr(data):
        rows = _sparse_rows(variable, [data])
        return rows, np.array([len(rows)])
    if isinstance(data, (list, tuple)) and data and all(is_csr(part) for part in data):
        return _sparse_rows(variable, list(data)), np.array([p.shape[0] for p in data])
    if variable._is_sparse:
        raise misfit.dense_into_sparse(variable, data)
    if isinstance(data, (list, tuple)):
        parts = [_frames(variable, part, i) for i, part in enumerate(data)]
        if not parts:
            return np.zeros((0, *shape), variable._dtype), np.zeros(0, np.int64)
        _check_alike(variable, parts, first_axis=1)
        return parts, np.array([len(part) for part in parts])
    array = _typed(data, variable)
    if array.ndim == rank and _fits(array.shape, shape):
        return array[None], np.array([1])
    if array.ndim == rank + 1 and _fits(array.shape[1:], shape):
        return array, np.array([len(array)])
    if array.ndim == rank + 2 and _fits(array.shape[2:], shape):
        lengths = np.full(len(array), array.shape[1])
        return array.reshape(-1, *array.shape[2:]), lengths
    if array.ndim < rank:
        raise misfit.too_few_axes(variable, array.shape)
    raise misfit.wrong_shape(variable, array.shape)


def _check_alike(variable: Variable, parts: list[np.ndarray], first_axis: int = 0) -> None:
    """Refuse samples of different shapes where a size is free: one minibatch has one size."""
    for i, part in enumerate(parts):
        if part.shape[first_axis:] != parts[0].shape[first_axis:]:
            raise misfit.uneven_part(variable, i, part.shape, parts[0].shape)


def _frames(variable: Variable, part, number: int) -> np.ndarray:
    shape = variable._shape
    is_typed = type(part) is np.ndarray and part.dtype == variable._dtype
    if is_typed and part.ndim == len(shape) + 1 and part.shape[1:] == shape:
        return part  # the common case first
    frames = _typed(part, variable)
    if frames.ndim == 0 and not isinstance(part, (np.generic, np.ndarray)):
        raise misfit.wrong_part(variable, number, ())
    if shape == (1,) and frames.ndim == 1:
        frames = frames[:, None]
    if frames.ndim == len(shape) and _fits(frames.shape, shape):
        return frames[None]
    if frames.ndim == len(shape) + 1 and _fits(frames.shape[1:], shape):
        return frames
    raise misfit.wrong_part(variable, number, frames.shape)


def _sparse_rows(variable: Variable, parts: list) -> AnyRows:
    rows = [SparseRows.from_csr(part, variable._dtype) for part in parts]
    stacked = rows[0] if len(rows) == 1 else SparseRows.stack(rows)
    _checked_width(variable, stacked)
    if variable._is_sparse:
        return stacked
    return stacked.to_dense().reshape(len(stacked), *variable._shape)


def _checked_width(variable: Variable, rows: SparseRows) -> SparseRows:
    if rows.width != int(np.prod(variable._shape)):
        raise misfit.wrong_shape(variable, rows.shape)
    return rows
