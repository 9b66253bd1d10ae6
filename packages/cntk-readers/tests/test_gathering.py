"""Rows gathered in C are those that NumPy picks; what would leave its array is refused."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import Chunk, SequenceRows
from cntk.io.gathering import RowSources, StepSources, library
from cntk.io.loaded_step import LoadedStep
from cntk.io.randomize import Step
from cntk.sparse import SparseRows

from .sequence_data import assert_same

random = np.random.default_rng(0)


def sparse_rows(count: int, dtype=np.float32) -> SparseRows:
    counts = random.integers(0, 4, count)
    total = int(counts.sum())
    return SparseRows(
        random.random(total).astype(dtype),
        random.integers(0, 9, total),
        np.concatenate(([0], np.cumsum(counts))),
        9,
    )


DENSE = {
    "float32": np.arange(60, dtype=np.float32).reshape(10, 6),
    "float64 images": np.arange(120, dtype=np.float64).reshape(10, 3, 4),
    "single numbers": np.arange(10, dtype=np.int64),
    "rows that lie apart": np.arange(70, dtype=np.float32).reshape(10, 7)[:, 1:],
}


@pytest.mark.parametrize("kind", DENSE)
def test_runs_of_dense_rows(kind):
    rows = DENSE[kind]
    assert RowSources.accepts([rows, rows[3:]])
    sources = RowSources([rows, rows[3:]])
    taken = sources.take(np.array([4, 0, 6]), np.array([2, 0, 1]), np.array([0, 1, 1]))
    np.testing.assert_array_equal(taken, rows[[4, 5, 9]])
    assert taken.base is None
    np.testing.assert_array_equal(sources.take(np.array([9, 1])), rows[[9, 1]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_runs_of_sparse_rows(dtype):
    parts = [sparse_rows(10, dtype), sparse_rows(7, dtype)[2:]]
    assert RowSources.accepts(parts)
    runs = np.array([4, 0, 3]), np.array([2, 5, 0]), np.array([0, 1, 0])
    taken = RowSources(parts).take(*runs)
    expected = np.concatenate([parts[0].to_dense()[4:6], parts[1].to_dense()])
    np.testing.assert_array_equal(taken.to_dense(), expected)
    assert taken.dtype == dtype


def unsound(data=3, places=3, bounds=(0, 1, 3)) -> SparseRows:
    rows = SparseRows(np.ones(data), np.zeros(places, np.int64), np.array(bounds), 5)
    return rows


@pytest.mark.parametrize(
    "rows",
    [
        unsound(data=2),
        unsound(places=1),
        unsound(bounds=(0, 4, 3)),
        unsound(bounds=(-1, 1, 3)),
        unsound(bounds=(0, 2, 1)),
    ],
)
def test_unsound_sparse_rows_are_refused(rows):
    with pytest.raises(IndexError, match="outside of their chunk"):
        RowSources([rows]).take(np.array([0]), np.array([2]))


@pytest.mark.parametrize(
    ("first", "count", "part"),
    [(-1, 1, 0), (10, 1, 0), (9, 2, 0), (0, -1, 0), (0, 2**62, 0), (2**62, 2**62, 0), (0, 1, 1)],
)
@pytest.mark.parametrize("rows", [DENSE["float32"], sparse_rows(10)])
def test_runs_outside_are_refused(rows, first, count, part):
    with pytest.raises(IndexError, match="outside of their chunk"):
        RowSources([rows]).take(np.array([first]), np.array([count]), np.array([part]))


@pytest.mark.parametrize(
    "parts",
    [
        [DENSE["float32"], DENSE["float64 images"]],
        [DENSE["float32"], DENSE["float32"].astype(np.float64)],
        [DENSE["float32"], sparse_rows(2)],
        [sparse_rows(2), sparse_rows(2, np.float64)],
        [np.array([[None]])],
        [DENSE["float32"].T],
        [DENSE["float32"][::-1]],
        ["rows"],
    ],
)
def test_other_rows_are_left_to_numpy(parts):
    assert not RowSources.accepts(parts)


def test_without_the_module_numpy_gathers(monkeypatch):
    chunks, places = [], random.permutation(60)
    for _ in range(3):
        lengths = random.integers(1, 4, 20)
        total = int(lengths.sum())
        streams = {
            "x": SequenceRows(random.random((total, 2)), lengths),
            "w": SequenceRows(sparse_rows(20), np.ones(20, np.int64)),
        }
        chunks.append(Chunk(streams))
    step = Step([0, 1, 2], places // 20, places % 20)
    sizes = np.array([chunks[c].sizes[i] for c, i in zip(step.chunk_of, step.index)])
    chosen = [np.arange(0, 25), np.arange(25, 60, 3)]
    found = [LoadedStep(step, chunks, sizes).take(each) for each in chosen]
    assert StepSources.accept(chunks)
    monkeypatch.setattr("cntk.io.gathering.library", lambda: None)
    assert not StepSources.accept(chunks)
    for own, each in zip(found, chosen):
        assert_same(own, LoadedStep(step, chunks, sizes).take(each))


@pytest.mark.parametrize("has_older", [False, True])
def test_an_absent_or_older_module_is_not_used(monkeypatch, has_older):
    def find(name):
        if has_older:
            return type("Older", (), {"lib": object()})
        raise ImportError(name)

    library.cache_clear()
    monkeypatch.setattr("cntk.io.gathering.import_module", find)
    assert library() is None
    library.cache_clear()
