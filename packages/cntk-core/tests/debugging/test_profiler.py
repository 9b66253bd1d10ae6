from __future__ import annotations

import json
import re

import pytest

import cntk as C
from cntk.debugging import disable_profiler, enable_profiler, start_profiler, stop_profiler
from cntk.execution import watch


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "profile"
    stop_profiler()


def run():
    C.reduce_max(C.exp(C.input_variable(2))).eval([[1, 2]])


def files(folder):
    (summary,), (detail,) = folder.glob("*_summary_.txt"), folder.glob("*_detail_.json")
    return summary.read_text(encoding="utf-8"), json.loads(detail.read_text(encoding="utf-8"))


def test_only_what_runs_while_enabled_is_recorded(folder):
    start_profiler(folder)
    run()
    enable_profiler()
    run()
    disable_profiler()
    run()
    stop_profiler()
    summary, detail = files(folder)
    assert summary.startswith("CNTK Performance Profiler Summary Report\n")
    line = r"^\w+( \(\w+\)) +: .* ms +1 +\d+\.\d{3} ms +\d+\.\d +\d+\.\d +\d+%$"
    assert re.search(line, summary, re.MULTILINE), summary
    assert re.search(r"^Peak of this machine: [\d.]+ GFLOP/s .* [\d.]+ GB/s", summary, re.MULTILINE)
    assert detail
    assert all(event["dur"] >= 0 and event["ph"] == "X" for event in detail)
    assert len({event["name"] for event in detail}) == len(detail)  # one run, not three


def test_events_say_what_they_are_for(folder):
    start_profiler(folder)
    enable_profiler()
    function = C.softmax(C.input_variable(3))
    function.eval([[1, 2, 3], [1, 2, 3]])
    stop_profiler()
    event = files(folder)[1][0]
    assert event["args"]["for"].startswith(function.root_function.uid)
    assert event["args"]["runs"] == 1
    assert event["args"]["bytes"] >= 2 * 2 * 3 * 4  # two rows of three, read and written


def test_the_time_line_is_bounded(folder):
    start_profiler(folder, reserve_mem=640)
    enable_profiler()
    run()
    stop_profiler()
    summary, detail = files(folder)
    assert len(detail) == 1
    assert "max_over" in summary


def test_it_is_started_once(folder):
    start_profiler(folder)
    with pytest.raises(RuntimeError, match="Profiler already initialized"):
        start_profiler(folder)


def test_a_negative_size(folder):
    with pytest.raises(ValueError, match="reserve_mem is a number of bytes"):
        start_profiler(folder, reserve_mem=-1)


def test_without_start_nothing_happens():
    before = watch.watchers()
    enable_profiler()
    assert watch.watchers() == before
    disable_profiler()
    stop_profiler()


def test_nothing_watches_after_the_end(folder):
    start_profiler(folder)
    enable_profiler()
    stop_profiler()
    assert not watch.watchers()
