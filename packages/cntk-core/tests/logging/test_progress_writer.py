"""ProgressWriter: the calls that CNTK 2.7 makes, and when the trainer's sums are fetched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cntk.logging.progress_writer import ProgressWriter

RECORDED = json.loads((Path(__file__).parent / "data" / "progress_lines.json").read_text())


class Recorder(ProgressWriter):
    """Keeps its calls, times left out."""

    def __init__(self, *frequencies):
        super().__init__(*frequencies)
        self.calls = []

    def on_write_training_update(self, *arguments):
        self.calls.append(["on_write_training_update", *map(list, arguments)])

    def on_write_test_update(self, *arguments):
        self.calls.append(["on_write_test_update", *map(list, arguments)])

    def on_write_training_summary(self, *arguments):
        self.calls.append(["on_write_training_summary", *arguments[:-1]])

    def on_write_test_summary(self, *arguments):
        self.calls.append(["on_write_test_summary", *arguments[:-1]])

    def on_write_distributed_sync_update(self, *arguments):
        self.calls.append(["on_write_distributed_sync_update", *map(list, arguments)])

    def on_training_update_end(self):
        self.calls.append(["on_training_update_end"])

    def write(self, key, value):
        self.calls.append(["write", key, value])


@pytest.mark.parametrize(
    "run", RECORDED["told"], ids=lambda r: f"{r['scenario']}{r['frequencies']}"
)
def test_a_writer_is_told_what_the_original_tells(run):
    writer = Recorder(*run["frequencies"])
    for name, *arguments in RECORDED["scenarios"][run["scenario"]]:
        getattr(writer, name)(*arguments)
    assert writer.calls == run["calls"]


def fetched(sums, name, value):
    def fetch():
        sums.append(name)
        return value

    return fetch


def test_sums_are_fetched_for_lines_only():
    sums = []
    writer = Recorder(3, 0, 2)
    for step in range(1, 7):
        writer.update_training(4, fetched(sums, step, step), fetched(sums, -step, 0))
    assert sums == [3, -3, 6, -6]
    writer.write_training_summary(fetched(sums, "loss", 0), fetched(sums, "metric", 0))
    assert sums[4:] == ["loss", "metric"]
    for step in range(1, 4):
        writer.update_test(4, fetched(sums, step, step))
    assert sums[6:] == [2]


def test_without_frequencies_nothing_is_fetched():
    sums = []
    writer = Recorder()
    for _ in range(100):
        writer.update_training(4, fetched(sums, "loss", 1), fetched(sums, "metric", 1))
        writer.update_test(4, fetched(sums, "metric", 1))
        writer.update_distributed_sync(4, fetched(sums, "metric", 1))
    assert not sums and writer.calls == [["on_training_update_end"]] * 100


def test_no_metric_is_a_sum_of_zero():
    writer = Recorder(1)
    writer.update_training(4, 2.0, None)
    assert writer.calls[0][-1] == [0.0, 0.0]


def test_an_empty_minibatch_is_none():
    writer = Recorder(1, 0, 1)
    writer.update_training(0, 1.0, 1.0)
    writer.update_test(0, 1.0)
    assert not writer.calls and writer.total_training_updates() == writer.total_test_updates() == 0


def test_totals_go_on_over_epochs():
    writer = ProgressWriter(2)
    for _ in range(2):
        for _ in range(3):
            writer.update_training(4, 1.0, 1.0)
        writer.write_training_summary(1.0, 1.0)
    writer.update_test(4, 1.0)
    assert writer.total_training_updates() == 6 and writer.total_test_updates() == 1


def test_exchanges_have_their_own_frequency():
    writer = Recorder(None, 0, None, 0, 2, 1)
    for total in (1.0, 2.0, 4.0):
        writer.update_distributed_sync(10, total)
    assert writer.calls == [
        ["on_write_distributed_sync_update", [0, 10], [0, 1], [0.0, 1.0]],
        ["on_write_distributed_sync_update", [10, 20], [1, 2], [1.0, 2.0]],
    ]


def test_time_runs_from_the_last_summary(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("cntk.logging.update_window.time.perf_counter", lambda: now[0])
    elapsed = []

    class Times(ProgressWriter):
        def on_write_training_summary(self, *arguments):
            elapsed.append(arguments[-1])

        def on_write_test_summary(self, *arguments):
            elapsed.append(arguments[-1])

    writer = Times()
    for seconds in (0.5, 0.25):
        now[0] += seconds
        writer.write_training_summary(0.0, 0.0)
    writer.write_test_summary(0.0)
    assert elapsed == [500, 250, 750]


@pytest.mark.parametrize("position", range(6))
@pytest.mark.parametrize("value, error", [(-1, OverflowError), (1.5, TypeError), ("a", TypeError)])
def test_frequencies_are_counts(position, value, error):
    frequencies = [1, 0, 1, 0, 1, 0]
    frequencies[position] = value
    with pytest.raises(error, match="is an integer"):
        ProgressWriter(*frequencies)
