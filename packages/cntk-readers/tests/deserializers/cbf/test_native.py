"""Sparse records read in C are what NumPy reads, sound or not."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cntk.io import CBFDeserializer
from cntk.io.deserializers.cbf import native
from cntk.io.deserializers.cbf.header import StoredStream
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.io.problems import Problems

from ...mutants import mutant
from ...sequence_data import random_data

WORDS = StoredStream("w", True, np.dtype("<f4"), 50)


def records(*given) -> np.ndarray:
    """Return a chunk of records, each ``(samples, values, places, values of each sample)``."""
    words: list[int] = []
    for samples, values, places, counts in given:
        numbers = np.arange(values, dtype="<f4").view("<u4").tolist()
        words += [samples, values, *numbers, *places, *counts]
    return np.array(words, "<u4")


def test_sound_records():
    chunk = records((2, 3, (7, 49, 7), (1, 2)), (1, 0, (), (0,)))
    found = native.read_sparse(np.append(chunk, chunk[:1]), 0, np.array([2, 9]), WORDS)
    assert found.samples.tolist() == [2, 1] and found.end == len(chunk)
    assert found.places.tolist() == [7, 49, 7] and found.values.tolist() == [0, 1, 2]
    assert found.counts.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    "record",
    [
        (0, 0, (), ()),
        (3, 0, (), (0, 0, 0)),
        (1, 1, (50,), (1,)),
        (1, 1, (2**32 - 1,), (1,)),
        (2, 2, (1, 2), (1, 2)),
        (2, 2, (1, 2), (2**32 - 1, 3)),
        (1, 2**32 - 1, (), (0,)),
        (2**32 - 1, 0, (), (0,)),
    ],
)
def test_unsound_records_are_left_to_numpy(record):
    samples, values, places, counts = record
    words = [samples, values, *[0] * min(values, 9), *places, *counts]
    assert native.read_sparse(np.array(words, "<u4"), 0, np.array([2]), WORDS) is None
    assert native.read_sparse(np.array(words, "<u4"), len(words), np.array([2]), WORDS) is None


def read(path, chunk_id: int):
    """Return a chunk and its problems, or the error."""
    reader = CBFDeserializer(path)
    reader.problems = Problems(str(path), max_errors=10, trace_level=0)
    try:
        return reader.get_chunk(chunk_id), list(map(str, reader.problems._first))
    except RuntimeError as error:
        return str(error)


def parts(outcome) -> list:
    """Return all that a chunk holds, and its problems; its dimensions may be enormous."""
    chunk, problems = outcome
    found = [problems, chunk.is_valid.tolist()]
    for stream in chunk.streams.values():
        rows = stream.rows
        arrays = [rows] if isinstance(rows, np.ndarray) else [rows.data, rows.indices, rows.indptr]
        found += [stream.lengths.tolist(), *((a.shape, a.tobytes()) for a in arrays)]
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mutants_are_read_as_numpy_reads_them(tmp_path, monkeypatch, dtype):
    path, source, has_c = tmp_path / "a.cbf", random.Random(0), native.library()
    assert has_c is not None
    write_cbf(path, random_data(1, 5, dtype))
    body = path.read_bytes()
    for number in range(500):
        path.write_bytes(mutant(body, source) if number else body)
        for chunk_id in range(2):
            outcomes = []
            for module in (has_c, None):
                monkeypatch.setattr(native, "library", lambda module=module: module)
                outcomes.append(read(path, chunk_id))
            if isinstance(outcomes[0], str):
                assert outcomes[0] == outcomes[1], number
                continue
            assert parts(outcomes[0]) == parts(outcomes[1]), number


@pytest.mark.parametrize("has_older", [False, True])
def test_an_absent_or_older_module_is_not_used(monkeypatch, has_older):
    def find(name):
        if has_older:
            return type("Older", (), {"lib": object()})
        raise ImportError(name)

    native.library.cache_clear()
    monkeypatch.setattr("cntk.io.deserializers.cbf.native.import_module", find)
    assert native.read_sparse(records((1, 0, (), (0,))), 0, np.array([1]), WORDS) is None
    native.library.cache_clear()
