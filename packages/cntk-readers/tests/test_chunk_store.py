"""Chunks are kept within a limit, and one of them is read ahead."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from cntk.io import Chunk, MinibatchSource, SequenceRows, StreamInformation
from cntk.io.chunk_store import ChunkStore
from cntk.io.randomize import FileOrder, ShuffledOrder

from .sequence_data import InMemory


class Reads:
    """Reads chunks of 2500 bytes; remembers which, in what order, and in which threads."""

    def __init__(self, fails: int = -1) -> None:
        self.chunk_ids: list[int] = []
        self.threads: set[int] = set()
        self._fails = fails

    def __call__(self, chunk_id: int) -> Chunk:
        self.chunk_ids.append(chunk_id)
        self.threads.add(threading.get_ident())
        if chunk_id == self._fails:
            raise RuntimeError(f"chunk {chunk_id} is malformed")
        rows = np.full((100, 1), chunk_id, np.float64)
        return Chunk({"x": SequenceRows(rows, np.ones(100, np.int64))})


def first_value(chunk: Chunk) -> float:
    return float(chunk.streams["x"].rows[0, 0])


def test_what_was_used_longest_ago_is_dropped():
    reads = Reads()
    store = ChunkStore(reads, kept_bytes=5000)
    for chunk_id in (0, 1, 0, 2, 0, 1):
        assert first_value(store.get(chunk_id)) == chunk_id
    assert reads.chunk_ids == [0, 1, 2, 1]


def test_chunks_that_are_held_stay_whatever_they_take():
    reads = Reads()
    store = ChunkStore(reads, kept_bytes=5000)
    for chunk_ids in ([0, 1, 2, 3], [1, 2, 3, 4], [4]):
        assert [first_value(chunk) for chunk in store.hold(chunk_ids)] == chunk_ids
    assert reads.chunk_ids == [0, 1, 2, 3, 4]


def test_what_is_not_held_is_dropped_once_the_data_did_not_fit():
    reads = Reads()
    store = ChunkStore(reads, kept_bytes=5000)
    for chunk_id in (0, 1, 0, 1, 2, 2, 1):
        store.hold([chunk_id])
    assert reads.chunk_ids == [0, 1, 2, 1]


class Sized(InMemory):
    """Knows the sizes of sequences without reading them."""

    def sequence_sizes(self, chunk_id: int) -> np.ndarray:
        return self._chunks[chunk_id].sizes


def test_each_chunk_of_a_window_larger_than_the_memory_is_read_once_a_sweep(monkeypatch):
    monkeypatch.setattr(ChunkStore.__init__, "__defaults__", (5000,))
    reads = Reads()
    infos = [StreamInformation("x", 0, "dense", np.float64, (1,))]
    source = MinibatchSource(Sized(infos, [reads(i) for i in range(9)]), max_sweeps=2)
    reads.chunk_ids.clear()  # what follows is read by the source
    monkeypatch.setattr(source._reader._reader._store, "_read", reads)
    while source.next_minibatch(70):
        pass
    assert sorted(reads.chunk_ids) == list(range(9))


def test_a_chunk_is_read_ahead_by_another_thread_once():
    reads = Reads()
    store = ChunkStore(reads)
    store.begin(3)
    store.begin(4)  # one is on its way
    assert first_value(store.get(3)) == 3
    assert store.peek(3) is store.get(3)
    assert reads.chunk_ids == [3] and threading.get_ident() not in reads.threads


def test_other_chunks_wait_for_the_one_on_its_way():
    reads = Reads()
    store = ChunkStore(reads)
    store.begin(1)
    assert first_value(store.get(0)) == 0
    assert reads.chunk_ids == [1, 0]


def test_an_error_comes_when_the_chunk_is_asked_for():
    store = ChunkStore(Reads(fails=1))
    store.begin(1)
    assert first_value(store.get(0)) == 0
    store.begin(1)
    with pytest.raises(RuntimeError, match="chunk 1 is malformed"):
        store.get(1)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_reads_for_itself():
    store = ChunkStore(Reads())
    store.begin(1)
    child = os.fork()
    if not child:
        os._exit(int(first_value(store.get(1)) != 1))
    assert os.waitpid(child, 0)[1] == 0
    assert first_value(store.get(1)) == 1


@pytest.mark.parametrize("window", [0, 1, 3, 5, 100])
def test_what_is_read_ahead_is_needed_next_and_not_yet_there(window):
    order = FileOrder(7, lambda chunk_id: 10)
    if window:
        order = ShuffledOrder(7, lambda chunk_id: 10, window, seed=1)
    steps = [order.step(0, number) for number in range(7)]
    order.step(0, 0)
    found = [order.chunk_after(number) for number in range(7)]
    for number, chunk_id in enumerate(found):
        if chunk_id is not None:
            assert chunk_id in steps[number + 1].chunk_ids
            assert chunk_id not in steps[number].chunk_ids
    assert any(chunk_id is not None for chunk_id in found) == (window < 7)
