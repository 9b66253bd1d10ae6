"""Minibatches made ahead in threads: the same with any number of them, and after a restart."""

from __future__ import annotations

import gc
import os
import threading
import time

import numpy as np
import pytest

from cntk.io import (
    Chunk,
    Deserializer,
    MinibatchSource,
    SequenceRows,
    StreamInformation,
    transforms,
)
from cntk.io.deferred import DeferredRows, MalformedSample, Recipe
from cntk.io.prefetch import Prefetcher, _available_cores, _Workers
from cntk.io.problems import Problem

from .image_files import drain, pixels, reader, some_images

RANDOM = [
    transforms.crop("randomside", side_ratio=(0.5, 1), jitter_type="uniratio"),
    transforms.scale(4, 4, 3),
    transforms.color(0.3, 0.3, 0.3),
    transforms.mixup(),
]


class Numbers(Recipe):
    """Rows of (sample, sweep, a random number); some samples are malformed."""

    def __init__(self, bad=(), seconds=0.0):
        super().__init__({"n": (3,)})
        self.bad, self.seconds = set(bad), seconds
        self.threads, self.num_made, self.reported = set(), 0, []

    def write(self, item, moment, rows):
        self.threads.add(threading.get_ident())
        self.num_made += 1
        time.sleep(self.seconds)
        if moment.sample in self.bad:
            raise MalformedSample(Problem(f"sample {moment.sample}", "", "good", "bad"))
        rows["n"][:] = moment.sample, moment.sweep, moment.numbers(0, 1)[0]

    def report(self, sample, problem):
        self.reported.append((sample, str(problem)))


class Deferred(Deserializer):
    """Chunks of ten samples each."""

    def __init__(self, recipe, chunks=3):
        self.recipe, self.chunks = recipe, chunks

    def stream_infos(self):
        return [StreamInformation("n", 0, "dense", np.float32, (3,))]

    def num_chunks(self):
        return self.chunks

    def get_chunk(self, chunk_id):
        samples = np.arange(10 * chunk_id, 10 * chunk_id + 10)
        rows = DeferredRows(self.recipe, "n", samples, samples)
        return Chunk({"n": SequenceRows(rows, np.ones(10, np.int64))})


def numbers(recipe, threads=None, **options):
    source = MinibatchSource(Deferred(recipe), **{"max_sweeps": 2, **options})
    reader = source._reader
    source._reader = Prefetcher(reader._reader, options.get("randomization_seed", 0), threads)
    return source


def rows(source, size=4, **options):
    return [found.tolist() for found in _drain(source, size, **options)]


def _drain(source, size, **options):
    while minibatch := source.next_minibatch(size, **options):
        yield np.concatenate(next(iter(minibatch.values())).as_sequences())


@pytest.mark.parametrize("size", [1, 3, 7, 30, 100])
def test_threads_do_not_change_what_is_read(size):
    expected = rows(numbers(Numbers(), threads=0), size)
    for threads in (1, 2, 5):
        assert rows(numbers(Numbers(), threads), size) == expected
    samples = [sample for found in expected for sample, *_ in found]
    assert sorted(samples[:30]) == sorted(samples[30:]) == list(range(30))


def test_rows_know_their_sweep_also_where_a_minibatch_has_two():
    found = sum(rows(numbers(Numbers(), randomize=False), 7), [])
    assert [sweep for _, sweep, _ in found] == [0] * 30 + [1] * 30
    first, second = found[:30], found[30:]
    assert all(a[2] != b[2] for a, b in zip(first, second))


def test_a_seed_changes_what_is_drawn():
    one, two = (numbers(Numbers(), randomization_seed=s, randomize=False) for s in (1, 2))
    assert [r[2] for r in sum(rows(one), [])] != [r[2] for r in sum(rows(two), [])]


@pytest.mark.parametrize("threads", [0, 2])
def test_a_position_is_that_of_the_minibatches_given(threads):
    recipe = Numbers()
    source = numbers(recipe, threads)
    for given in range(1, 4):
        source.next_minibatch(4)
        assert source.current_position == {"minibatchSourcePosition": 4 * given}
    whole = rows(numbers(Numbers(), threads))
    assert rows(source) == whole[3:]
    other = numbers(Numbers(), threads)
    other.next_minibatch(5)
    other.current_position = {"minibatchSourcePosition": 12}
    assert rows(other) == whole[3:]


def test_sizes_and_parts_may_change():
    """What was made ahead for another size is made anew."""
    sizes = [4, 4, 7, 1, 1, 1, 4, 30]
    parts = [(1, 0), (1, 0), (1, 0), (2, 1), (2, 1), (2, 1), (1, 0), (3, 2)]

    def read(threads):
        source = numbers(Numbers(), threads)
        found = []
        for size, (count, part) in zip(sizes, parts):
            minibatch = source.next_minibatch(size, num_data_partitions=count, partition_index=part)
            found += [(size, data.asarray().tolist()) for data in minibatch.values()]
            found.append(source.current_position)
        return found

    assert read(2) == read(0)


@pytest.mark.parametrize("threads", [0, 2])
def test_workers_partition_each_sweep(threads):
    found = []
    for part in range(3):
        source = numbers(Numbers(), threads, max_sweeps=1)
        own = rows(source, 9, num_data_partitions=3, partition_index=part)
        found += [tuple(row) for minibatch in own for row in minibatch]
    whole = rows(numbers(Numbers(), 0, max_sweeps=1), 9)
    assert sorted(found) == sorted(tuple(row) for minibatch in whole for row in minibatch)


@pytest.mark.parametrize("threads", [0, 2])
def test_malformed_samples_are_left_out_and_reported_in_order(threads):
    recipe = Numbers(bad=[2, 3, 8, 25])
    source = numbers(recipe, threads, randomize=False, max_sweeps=1)
    assert [len(found) for found in rows(source)] == [2, 4, 3, 4, 4, 4, 3, 2]
    assert [sample for sample, _ in recipe.reported] == [2, 3, 8, 25]


@pytest.mark.parametrize("threads", [0, 2])
def test_a_minibatch_without_any_good_sample_is_passed_over(threads):
    source = numbers(Numbers(bad=range(4, 12)), threads, randomize=False, max_sweeps=1)
    found = rows(source)
    assert [row[0] for row in found[1]] == [12, 13, 14, 15]
    source = numbers(Numbers(bad=range(30)), threads, randomize=False, max_sweeps=1)
    assert rows(source) == []


def test_rows_are_made_by_several_threads_ahead_of_time_and_no_more():
    recipe = Numbers(seconds=0.002)
    source = numbers(recipe, 3, max_sweeps=100)
    source.next_minibatch(6)
    time.sleep(0.2)
    assert len(recipe.threads) == 4 and threading.get_ident() not in recipe.threads
    assert recipe.num_made == 6 * 4  # the one that was given, and three


def test_one_thread_begins_and_others_join_where_samples_take_long():
    workers = _Workers(3)
    assert workers.useful_threads == 1 and not workers.is_measured
    workers.measured(0.001, 100)
    assert workers.useful_threads == 1 and workers.is_measured
    workers.measured(0.1, 100)
    assert workers.useful_threads == 3
    workers.measured(0.001, 100)
    assert workers.useful_threads == 3
    assert workers.submit(threading.get_ident).result() != threading.get_ident()
    workers = _Workers(0)
    workers.measured(0.001, 100)
    assert workers.useful_threads == 0


def test_memory_of_what_is_made_ahead_is_bounded(monkeypatch):
    monkeypatch.setattr("cntk.io.prefetch.AHEAD_BYTES", 6 * 3 * 4 * 2)
    recipe = Numbers()
    source = numbers(recipe, 2, max_sweeps=100)
    source.next_minibatch(6)
    time.sleep(0.1)
    assert recipe.num_made <= 6 * 3


def test_an_error_in_a_thread_is_raised_where_its_minibatch_is():
    class Broken(Numbers):
        def write(self, item, moment, rows):
            if moment.sample == 9:
                raise ZeroDivisionError("broken")
            super().write(item, moment, rows)

    source = numbers(Broken(), 2, randomize=False)
    assert source.next_minibatch(4) and source.next_minibatch(4)
    with pytest.raises(ZeroDivisionError, match="broken"):
        source.next_minibatch(4)


def test_an_error_of_the_reader_is_raised_where_its_minibatch_is():
    class Changed(Deferred):
        def get_chunk(self, chunk_id):
            if chunk_id == 1:
                raise RuntimeError("the file was changed")
            return super().get_chunk(chunk_id)

    source = numbers(Numbers(), 2, randomize=False)
    changed = MinibatchSource(Changed(Numbers()), randomize=False)
    for _ in range(2):
        given, expected = changed.next_minibatch(4), source.next_minibatch(4)
        for own, other in zip(given.values(), expected.values()):
            np.testing.assert_array_equal(own.asarray(), other.asarray())
    with pytest.raises(RuntimeError, match="the file was changed"):
        changed.next_minibatch(4)


def test_threads_end_with_their_source():
    source = numbers(Numbers(), 2)
    source.next_minibatch(4)
    threads = [t for t in threading.enumerate() if t.ident in source._deserializer.recipe.threads]
    assert threads
    gc.disable()  # they must not wait for it
    try:
        del source
        for thread in threads:
            thread.join(5)
    finally:
        gc.enable()
    assert not any(thread.is_alive() for thread in threads)


def test_as_many_threads_as_cores():
    assert 1 <= _available_cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize("truncation_length", [0, 1])
def test_images_are_the_same_with_and_without_threads(tmp_path, truncation_length):
    path = some_images(tmp_path, 12)

    def read(**options):
        source = MinibatchSource(
            reader(path, RANDOM), max_sweeps=2, truncation_length=truncation_length, **options
        )
        return np.concatenate(drain(source, 5))

    expected = read(multithreaded_deserializer=False)
    np.testing.assert_array_equal(read(), expected)
    assert not np.array_equal(read(randomization_seed=1), expected)


def test_a_resumed_source_gives_the_same_pixels(tmp_path):
    path = some_images(tmp_path, 12)
    source = MinibatchSource(reader(path, RANDOM), max_sweeps=3)
    for _ in range(3):
        source.next_minibatch(5)
    state = source.get_checkpoint_state()
    expected = drain(source, 5)
    again = MinibatchSource(reader(path, RANDOM), max_sweeps=3)
    again.restore_from_checkpoint(state)
    found = drain(again, 5)
    assert len(found) == len(expected) == 5
    for mine, theirs in zip(found, expected):
        np.testing.assert_array_equal(mine, theirs)


def test_a_forked_process_begins_threads_of_its_own(tmp_path):
    source = MinibatchSource(reader(some_images(tmp_path), RANDOM))
    source.next_minibatch(2)
    expected = [pixels(source.next_minibatch(2)).sum() for _ in range(6)][-1]
    source.current_position = {"minibatchSourcePosition": 2}
    process = source._reader._workers
    process._process = -1  # as after a fork: the threads are those of another process
    assert [pixels(source.next_minibatch(2)).sum() for _ in range(6)][-1] == expected
