"""The records of a chunk: where each sequence's samples stand, and their rows.

A chunk begins with the length of each sequence, which is that of its longest stream. Then come the
streams one after the other, each with a record for every sequence::

    dense:  number of samples uint32, values
    sparse: number of samples uint32, number of values int32, values, indices int32,
            values of each sample int32

Records have different sizes, and only the one before tells where the next begins. Mostly a guess
is right - all samples of a stream take as much room as the first, and there are as many as the
sequence is long, or one - and then all records are checked at once. Else they are walked.

All of it is a multiple of four bytes, so a chunk is looked at as an array of uint32 words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cntk.io.chunk import SequenceRows
from cntk.io.deserializers.cbf import native
from cntk.io.deserializers.cbf.header import StoredStream
from cntk.sparse import SparseRows

_WORDS_OF_SLICE = 24  # larger records are copied one by one, smaller ones gathered


class DamagedChunkError(Exception):
    """Records do not fit in their chunk.

    Attributes:
        word: where in the chunk.
        expected: what a sound chunk has there.
        found: what is there.
    """

    def __init__(self, word: int, expected: str, found: str) -> None:
        super().__init__(word, expected, found)
        self.word, self.expected, self.found = word, expected, found


class Rows(NamedTuple):
    """Sequences of one stream, which of them are malformed, and the word after their records."""

    sequences: SequenceRows
    is_wrong: np.ndarray
    end: int


def read_stream(words: np.ndarray, at: int, longest: np.ndarray, stream: StoredStream) -> Rows:
    """Return the sequences of one stream.

    Args:
        words: the chunk.
        at: word at which the stream's first record begins.
        longest: length of each sequence; a stream may have less samples.
        stream: what is stored.

    Raises:
        DamagedChunkError: the records do not fit in the chunk.
    """
    return (_read_sparse if stream.is_sparse else _read_dense)(words, at, longest, stream)


def _read_dense(words: np.ndarray, at: int, longest: np.ndarray, stream: StoredStream) -> Rows:
    width = stream.dim * stream.dtype.itemsize // 4
    for guess in _guesses(longest):
        starts, end = _one_after_the_other(at, 1 + guess * width, len(words))
        if end <= len(words) and np.array_equal(words[starts], guess):
            lengths = guess
            break
    else:
        starts, lengths, end = _walk_dense(words, at, longest, width, stream.name)
    body = _without(words[at:end], starts - at, lengths * width, 1)
    rows = _as_values(body.reshape(int(lengths.sum()), width), stream.dtype)
    return Rows(SequenceRows(rows, lengths), (lengths < 1) | (lengths > longest), end)


def _guesses(longest: np.ndarray) -> Iterator[np.ndarray]:
    """Yield likely lengths of the sequences of one stream."""
    yield longest
    if (longest > 1).any():
        yield np.ones_like(longest)


def _one_after_the_other(at: int, sizes: np.ndarray, limit: int) -> tuple[np.ndarray, int]:
    """Return where records of some sizes begin, and the word after the last: beyond the limit if
    one of them is too large already, as sums of such sizes could wrap around."""
    if int(sizes.max()) > limit or int(sizes.min()) < 1:
        return sizes, limit + 1
    ends = at + np.cumsum(sizes)
    return ends - sizes, int(ends[-1])


def _walk_dense(words, at, longest, width, name):
    """Return start and length of each record, one after the other."""
    view, size = memoryview(words), len(words)
    starts, lengths = np.empty(len(longest), np.int64), np.empty(len(longest), np.int64)
    for i in range(len(longest)):
        length = view[at] if at < size else 0
        if at + 1 + length * width > size:
            raise _outside(at, i, name, f"{length} samples")
        starts[i], lengths[i] = at, length
        at += 1 + length * width
    return starts, lengths, at


def _outside(word: int, sequence: int, name: str, found: str) -> DamagedChunkError:
    return DamagedChunkError(
        word, f"sequence {sequence} of stream '{name}' inside its chunk", f"{found}, beyond its end"
    )


def _read_sparse(words: np.ndarray, at: int, longest: np.ndarray, stream: StoredStream) -> Rows:
    sound = native.read_sparse(words, at, longest, stream)
    if sound is not None:
        indptr = np.concatenate(([0], np.cumsum(sound.counts)))
        rows = SparseRows(sound.values, sound.places, indptr, stream.dim)
        is_wrong = np.zeros(len(longest), bool)
        return Rows(SequenceRows(rows, sound.samples), is_wrong, sound.end)
    per_value = stream.dtype.itemsize // 4
    starts, lengths, counts, end = _find_sparse(words, at, longest, per_value, stream.name)
    values = _ranges(words, starts + 2, counts * per_value)
    indices = _ranges(words, starts + 2 + counts * per_value, counts)
    per_sample = _ranges(words, starts + 2 + counts * (per_value + 1), lengths)
    is_wrong = (lengths < 1) | (lengths > longest)
    sequence = np.repeat(np.arange(len(longest)), counts)
    outside = indices >= stream.dim
    if outside.any():
        is_wrong[sequence[outside]] = True
        indices = np.where(outside, 0, indices)
    per_sample = per_sample.astype(np.int64)
    sums = np.bincount(
        np.repeat(np.arange(len(longest)), lengths), per_sample, minlength=len(longest)
    )
    disagree = sums != counts
    if disagree.any():  # give such a sequence all its values in its first sample: it is left out
        is_wrong |= disagree
        per_sample = _mended(per_sample, lengths, counts, disagree)
        keep = np.repeat(~(disagree & (lengths == 0)), counts)
        values = values.reshape(-1, per_value)[keep].ravel()
        indices = indices[keep]
    indptr = np.concatenate(([0], np.cumsum(per_sample)))
    data = _as_values(values.reshape(-1, per_value), stream.dtype).ravel()
    rows = SparseRows(data, indices.astype(np.int64), indptr, stream.dim)
    return Rows(SequenceRows(rows, lengths), is_wrong, end)


def _mended(per_sample, lengths, counts, disagree) -> np.ndarray:
    """Return numbers of values per sample that add up to those of the sequences."""
    firsts = np.cumsum(lengths) - lengths
    mended = np.where(np.repeat(disagree, lengths), 0, per_sample)
    chosen = np.flatnonzero(disagree & (lengths > 0))
    mended[firsts[chosen]] = counts[chosen]
    return mended


def _find_sparse(words, at, longest, per_value, name):
    """Return start, samples and values of each record, and the word after the last."""
    if at + 2 <= len(words):
        for guess in _guesses(longest):
            # values of a sample; not so many that products wrap around
            each = min(int(words[at + 1]) // max(1, int(words[at])), len(words))
            counts = guess * each
            sizes = 2 + counts * (per_value + 1) + guess
            starts, end = _one_after_the_other(at, sizes, len(words))
            if (
                end <= len(words)
                and np.array_equal(words[starts], guess)
                and np.array_equal(words[starts + 1], counts)
            ):
                return starts, guess, counts, end
    return _walk_sparse(words, at, longest, per_value, name)


def _walk_sparse(words, at, longest, per_value, name):
    view, size = memoryview(words), len(words)
    starts, lengths, counts = (np.empty(len(longest), np.int64) for _ in range(3))
    for i in range(len(longest)):
        length, count = (view[at], view[at + 1]) if at + 1 < size else (0, 0)
        end = at + 2 + count * (per_value + 1) + length
        if end > size:
            raise _outside(at, i, name, f"{length} samples with {count} values")
        starts[i], lengths[i], counts[i] = at, length, count
        at = end
    return starts, lengths, counts, at


def _without(words: np.ndarray, starts, sizes, skipped: int) -> np.ndarray:
    """Return words without the first ones of each record.

    Args:
        words: the records, one after the other.
        starts: first word of each.
        sizes: words of each after those that are left out.
        skipped: words that are left out.
    """
    if (sizes == sizes[0]).all():
        return words.reshape(len(sizes), skipped + int(sizes[0]))[:, skipped:]
    if len(words) > 256 * len(sizes):  # few large records: copy each
        ends = starts + skipped + sizes
        return np.concatenate(
            [words[b + skipped : e] for b, e in zip(starts.tolist(), ends.tolist())]
        )
    keep = np.ones(len(words), bool)
    for i in range(skipped):
        keep[starts + i] = False
    return words[keep]


def _ranges(words: np.ndarray, starts, sizes) -> np.ndarray:
    """Return some words of each record, one record after the other."""
    if len(sizes) and (sizes == sizes[0]).all():
        steps = np.diff(starts)
        if len(steps) and (steps == steps[0]).all() and steps[0] > 0:
            count, step = int(sizes[0]), int(steps[0])
            whole = words[starts[0] : starts[0] + step * (len(starts) - 1)]
            last = words[starts[-1] : starts[-1] + count]
            return np.concatenate((whole.reshape(-1, step)[:, :count].ravel(), last))
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    if total > _WORDS_OF_SLICE * len(sizes):
        return np.concatenate(
            [words[b:e] for b, e in zip(starts.tolist(), (starts + sizes).tolist())]
        )
    return words[np.repeat(starts - (ends - sizes), sizes) + np.arange(total)]


def _as_values(words: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return rows of words as rows of numbers; floats are not copied."""
    if dtype.itemsize > 4:
        words = np.ascontiguousarray(words)
    return words.view(dtype)
