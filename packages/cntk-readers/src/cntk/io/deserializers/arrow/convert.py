"""Arrow arrays to rows of samples, sharing memory where types and lists allow it.

Nothing here raises for what a row holds: what is not as it should be is marked, and its sequence
left out. Arrays were validated, so offsets lie in their buffers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from cntk.io.casting import cast
from cntk.io.chunk import SequenceRows
from cntk.io.deserializers.arrow.layout import (
    CATEGORIES,
    CLASSES,
    INDICES,
    NUMBERS,
    VALUES,
    Layout,
    storage,
)
from cntk.io.deserializers.arrow.library import pyarrow
from cntk.sparse import SparseRows

Mask = np.ndarray | None
"""Which of some things are malformed; None: none is."""


class Converted(NamedTuple):
    """Sequences of a column.

    Attributes:
        sequences: their samples.
        is_wrong: which of them are malformed.
    """

    sequences: SequenceRows
    is_wrong: np.ndarray


@dataclass(frozen=True)
class Converter:
    """Makes samples of the arrays of one column.

    Attributes:
        layout: how.
        dtype: element type of the samples.
        null_value: what stands for missing numbers; None: they are malformed.
        categories: number of each category, by its value.
    """

    layout: Layout
    dtype: np.dtype
    null_value: float | None
    categories: dict[Any, int]

    def convert(self, array: Any) -> Converted:
        """Return the sequences of an array."""
        array = _stored(array)
        if not self.layout.is_sequence:
            rows, wrong = self._samples(array)
            count = len(array)
            return Converted(SequenceRows(rows, np.ones(count, np.int64)), _mask(wrong, count))
        lengths, inner, nulls = _unlist(array)
        rows, wrong = self._samples(inner)
        is_wrong = _mask(nulls, len(array)) | (lengths == 0)
        if wrong is not None:
            is_wrong[np.repeat(np.arange(len(array)), lengths)[wrong]] = True
        return Converted(SequenceRows(rows, lengths), is_wrong)

    def _samples(self, array: Any) -> tuple[Any, Mask]:
        kind, width = self.layout.kind, self.layout.width
        if kind == NUMBERS:
            values, wrong = self._dense(array, self.layout.dims)
            return values.reshape(len(array), *self.layout.shape), wrong
        if kind == CLASSES:
            numbers, wrong = _integers(array)
            return self._one_hot(numbers, wrong, width)
        if kind == CATEGORIES:
            return self._one_hot(*self._classes(array), width)
        return self._pairs(array)

    def _dense(self, array: Any, dims: tuple[int, ...]) -> tuple[np.ndarray, Mask]:
        """Return the numbers in each element of an array, all of them in one row."""
        array = _stored(array)
        if not dims:
            return self.numbers(array)
        lengths, inner, nulls = _unlist(array)
        wrong = lengths != dims[0]
        if nulls is not None:
            wrong |= nulls
        if wrong.any():
            good = array.filter(pyarrow().array(~wrong))
            found, worse = self._dense(good, dims) if len(good) else (None, None)
            values = np.zeros((len(array), math.prod(dims)), self.dtype)
            if found is not None:
                values[~wrong] = found
            if worse is not None:
                wrong[np.flatnonzero(~wrong)[worse]] = True
            return values, wrong
        values, bad = self._dense(inner, dims[1:])
        per_row = math.prod(dims)
        if bad is not None:  # as many marks as there are elements of the lists
            bad = np.logical_or.reduce(bad.reshape(len(array), dims[0]), axis=1)
        return values.reshape(len(array), per_row), bad

    def numbers(self, array: Any) -> tuple[np.ndarray, Mask]:
        """Return the numbers of an array without lists."""
        nulls = _nulls(array)
        if nulls is not None:
            array = array.fill_null(0)
        if pyarrow().types.is_decimal(array.type):
            array = array.cast("float64")
        values = array.to_numpy(zero_copy_only=False)
        values, wrong = cast(values, self.dtype)
        if nulls is not None and self.null_value is not None:
            values = np.where(nulls, self.dtype.type(self.null_value), values)
        elif nulls is not None:
            wrong = nulls if wrong is None else wrong | nulls
        return values, wrong

    def _classes(self, array: Any) -> tuple[np.ndarray, Mask]:
        """Return the number of each category, -1 for those that are not known."""
        if not pyarrow().types.is_dictionary(array.type):
            array = array.cast("large_string").dictionary_encode()
        numbers = [self.categories.get(value, -1) for value in array.dictionary.to_pylist()]
        codes, nulls = _integers(array.indices)
        return np.array([*numbers, -1], np.int64)[codes], nulls

    def _one_hot(self, numbers: np.ndarray, nulls: Mask, width: int) -> tuple[SparseRows, Mask]:
        wrong = (numbers < 0) | (numbers >= width)
        if nulls is not None:
            wrong |= nulls
        count = len(numbers)
        rows = SparseRows(
            np.ones(count, self.dtype), np.where(wrong, 0, numbers), np.arange(count + 1), width
        )
        return rows, wrong if wrong.any() else None

    def _pairs(self, array: Any) -> tuple[SparseRows, Mask]:
        """Return sparse samples; of malformed ones all values are left out."""
        wrong = _mask(_nulls(array), len(array))
        parts = []
        for name in (INDICES, VALUES):
            lengths, inner, nulls = _unlist(array.field(name))
            parts.append((lengths, _stored(inner)))
            wrong |= _mask(nulls, len(array))
        (counts, inner_indices), (others, inner_values) = parts
        wrong |= counts != others
        indices, bad_indices = _integers(inner_indices)
        outside = (indices < 0) | (indices >= self.layout.width)
        if bad_indices is not None:
            outside |= bad_indices
        values, bad_values = self.numbers(inner_values)
        samples = np.arange(len(array))
        wrong[np.repeat(samples, counts)[outside]] = True
        if bad_values is not None:
            wrong[np.repeat(samples, others)[bad_values]] = True
        if wrong.any():
            indices = indices[~np.repeat(wrong, counts)]
            values = values[~np.repeat(wrong, others)]
            counts = np.where(wrong, 0, counts)
        indptr = np.concatenate(([0], np.cumsum(counts)))
        return SparseRows(values, indices, indptr, self.layout.width), wrong


def _stored(array: Any) -> Any:
    """Return an array of an extension type, such as that of tensors, in plain types."""
    return array if storage(array.type) == array.type else _stored(array.storage)


def _unlist(array: Any) -> tuple[np.ndarray, Any, Mask]:
    """Return the lengths of lists, what is in them one after the other, and which are missing."""
    given, nulls = array.type, _nulls(array)
    if pyarrow().types.is_fixed_size_list(given):
        size = given.list_size
        inner = array.values.slice(array.offset * size, len(array) * size)
        return np.full(len(array), size, np.int64), inner, nulls
    if not len(array):
        return np.zeros(0, np.int64), array.values.slice(0, 0), nulls
    offsets = array.offsets.to_numpy().astype(np.int64)
    inner = array.values.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
    return np.diff(offsets), inner, nulls


def _integers(array: Any) -> tuple[np.ndarray, Mask]:
    """Return integers as int64, those beyond it as -1; and which are missing."""
    nulls = _nulls(array)
    if nulls is not None:
        array = array.fill_null(0)
    values = array.to_numpy(zero_copy_only=False)
    if values.dtype == np.uint64:
        values = np.where(values > np.uint64(2**63 - 1), -1, values.astype(np.int64))
    return values.astype(np.int64, copy=False), nulls


def _nulls(array: Any) -> Mask:
    return array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None


def _mask(wrong: Mask, count: int) -> np.ndarray:
    return np.zeros(count, bool) if wrong is None else wrong.copy()
