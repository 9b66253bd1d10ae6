"""What every deserializer is checked for: streams and chunks that are what they say they are."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from cntk.shape import is_static
from cntk.sparse import SparseRows, is_csr
from cntk.testing.cases import Case, run_all
from cntk.testing.mismatch import Mismatch


class _Sequences(NamedTuple):
    """The sequences of one stream of a chunk, one after the other."""

    rows: Any  # array, or SparseRows
    lengths: np.ndarray


def check_streams(deserializer) -> None:
    """Look at the streams that are announced.

    Raises:
        Mismatch: there are none, or two share a name or number, or a shape has unknown sizes.
    """
    infos = deserializer.stream_infos()
    if not infos:
        raise Mismatch("stream_infos() is empty", hint="a StreamInformation for each stream")
    for word, values in (
        ("name", [info.name for info in infos]), ("number", [info.m_id for info in infos])
    ):  # fmt: skip
        if len(set(values)) != len(values):
            raise Mismatch(f"two streams have one {word}", f"found  {values}")
    for info in infos:
        if not is_static(info.shape):
            raise Mismatch(f"stream {info!r} has sizes that are not known")


def check_count(deserializer) -> None:
    """Ask for the number of chunks, twice.

    Raises:
        Mismatch: it is no positive number, or not the same.
    """
    first, again = deserializer.num_chunks(), deserializer.num_chunks()
    if isinstance(first, bool) or not isinstance(first, (int, np.integer)) or first < 1:
        raise Mismatch("num_chunks() is no positive number", f"found  {first!r}")
    if first != again:
        raise Mismatch("num_chunks() changes", f"first  {first}", f"again  {again}")


def check_contents(deserializer) -> None:
    """Read all chunks.

    Raises:
        Mismatch: a stream is missing, its samples have another shape or type than is announced, a
            sequence is empty, or streams have different numbers of sequences.
    """
    infos = deserializer.stream_infos()
    for number in range(deserializer.num_chunks()):
        streams = _read(deserializer, number)
        for info in infos:
            if info.name not in streams:
                raise Mismatch(
                    f"chunk {number} has no stream '{info.name}'", f"found  {sorted(streams)}"
                )
            _check_rows(info, streams[info.name], f"chunk {number}, stream '{info.name}'")
        counts = {name: len(sequences.lengths) for name, sequences in streams.items()}
        if len(set(counts.values())) > 1:
            raise Mismatch(
                f"the streams of chunk {number} have different numbers of sequences",
                f"found  {counts}",
            )


def _check_rows(info, sequences: _Sequences, where: str) -> None:
    rows, lengths = sequences
    if not len(lengths) or not (np.asarray(lengths) > 0).all() or sum(lengths) != len(rows):
        raise Mismatch(
            f"{where}: the lengths of sequences do not fit {len(rows)} samples",
            f"found  {list(lengths)[:20]}",
        )
    width = int(np.prod(info.shape))
    shapes = {(width,)} if isinstance(rows, SparseRows) else {info.shape, (width,)}
    if isinstance(rows, SparseRows) and not info.is_sparse:
        shapes.add(info.shape)
    if tuple(rows.shape[1:]) not in shapes:
        raise Mismatch(
            f"{where}: samples have another shape than is announced",
            f"found      {tuple(rows.shape[1:])}", f"announced  {info.shape}",
        )  # fmt: skip
    if rows.dtype.kind not in "fiub":
        raise Mismatch(f"{where}: samples are no numbers", f"found  {rows.dtype}")


def check_repeatable(deserializer) -> None:
    """Read all chunks, then again from the last to the first.

    Raises:
        Mismatch: a chunk differs from what it was.
    """
    numbers = range(deserializer.num_chunks())
    first = [_read(deserializer, number) for number in numbers]
    for number in reversed(numbers):
        again = _read(deserializer, number)
        for name, (rows, lengths) in first[number].items():
            other = again[name]
            if not np.array_equal(lengths, other.lengths) or not _are_equal(rows, other.rows):
                raise Mismatch(f"stream '{name}' of chunk {number} differs when it is read again")


def _are_equal(left, right) -> bool:
    if isinstance(left, SparseRows) and isinstance(right, SparseRows):
        left, right = left.to_dense(), right.to_dense()
    return np.array_equal(left, right, equal_nan=True)


def check_announced(deserializer) -> None:
    """Compare sizes and keys that are told before reading with what is read.

    Raises:
        Mismatch: they differ, or two sequences have one key.
    """
    seen: set = set()
    for number in range(deserializer.num_chunks()):
        count = max(len(s.lengths) for s in _read(deserializer, number).values())
        sizes, keys = deserializer.sequence_sizes(number), deserializer.sequence_keys(number)
        for word, told in (("sizes", sizes), ("keys", keys)):
            if told is not None and len(told) != count:
                raise Mismatch(
                    f"sequence_{word}({number}) has another length than the chunk has sequences",
                    f"found     {len(told)}", f"expected  {count}",
                )  # fmt: skip
        if keys is None:
            continue
        if len(set(keys.tolist())) != len(keys) or not seen.isdisjoint(keys.tolist()):
            raise Mismatch(f"chunk {number}: two sequences have one key")
        seen.update(keys.tolist())


def _read(deserializer, number: int) -> dict[str, _Sequences]:
    """Return the streams of a chunk by name."""
    data = deserializer.get_chunk(number)
    if hasattr(data, "streams"):
        return {name: _Sequences(_made(s.rows), s.lengths) for name, s in data.streams.items()}
    if not isinstance(data, dict):
        raise Mismatch(
            f"get_chunk({number}) returns a {type(data).__name__}",
            hint="a dict of streams by name, or a cntk.io.Chunk",
        )
    return {name: _sequences(given, f"chunk {number}, stream '{name}'")
            for name, given in data.items()}  # fmt: skip


def _made(rows):
    """Return rows that are made late, such as images that are not decoded yet."""
    return rows.made() if hasattr(rows, "made") else rows


def _sequences(given, where: str) -> _Sequences:
    if not isinstance(given, (list, tuple)):
        rows = _rows(given)
        return _Sequences(rows, np.ones(len(rows), np.int64))
    parts = [_rows(part) for part in given]
    if not parts or len({part.shape[1:] for part in parts}) != 1:
        raise Mismatch(f"{where}: sequences are missing, or have different shapes of samples")
    is_sparse = isinstance(parts[0], SparseRows)
    stacked = SparseRows.stack(parts) if is_sparse else np.concatenate(parts)
    return _Sequences(stacked, np.array([len(part) for part in parts]))


def _rows(data):
    return SparseRows.from_csr(data) if is_csr(data) else np.asarray(data)


_CHECKS = {
    "streams": check_streams,
    "count": check_count,
    "contents": check_contents,
    "repeatable": check_repeatable,
    "announced": check_announced,
}


def deserializer_cases(name: str, deserializer) -> list[Case]:
    """Return every check of a deserializer, for pytest's ``parametrize(..., ids=str)``.

    Args:
        name: name for ids and messages.
        deserializer: has ``stream_infos``, ``num_chunks`` and ``get_chunk``, as
            ``cntk.io.Deserializer`` says; its data should fit in memory.
    """
    return [
        Case("deserializer", name, what, partial(check, deserializer))
        for what, check in _CHECKS.items()
    ]


def check_deserializer(deserializer) -> None:
    """Perform every check of a deserializer.

    Args:
        deserializer: see :func:`deserializer_cases`.

    Raises:
        Mismatch: it does not pass; the message lists all checks that fail.
    """
    run_all(deserializer_cases(type(deserializer).__name__, deserializer))
