"""max_errors: exactly the clean sequences come through, exactly one error too many stops."""

from __future__ import annotations

import pytest

from cntk.logging import TraceLevel

from .ctf_files import drain, sequences, source

ONE = {"a": ("a", 1, False)}
# three malformed lines among twelve
DIRTY = "".join(f"|a {'x' if i % 4 == 1 else i}\n" for i in range(12))
CLEAN = [i for i in range(12) if i % 4 != 1]


def test_malformed_lines_are_left_out(tmp_path, caplog):
    reading = source(tmp_path / "f.ctf", DIRTY, ONE, max_errors=3, max_sweeps=2)
    assert sum(drain(reading, 2, "a"), []) == CLEAN * 2
    places = [record.message.split(", column")[0] for record in caplog.records]
    assert places == [f"{tmp_path / 'f.ctf'}, line {i}" for i in (2, 6, 10)]


def test_one_error_too_many_stops(tmp_path):
    with pytest.raises(RuntimeError, match="maximum number of allowed errors") as caught:
        source(tmp_path / "f.ctf", DIRTY, ONE, max_errors=2).next_minibatch(1)
    assert all(f"line {i}, column 4" in str(caught.value) for i in (2, 6, 10))


def test_shuffled_data_leave_out_the_same(tmp_path, caplog):
    reading = source(tmp_path / "f.ctf", DIRTY, ONE, max_errors=3, randomize=True)
    assert sorted(sum(drain(reading, 5, "a"), [])) == CLEAN
    assert len(caplog.records) == 3


def test_a_sequence_with_a_malformed_line_is_left_out_whole(tmp_path, caplog):
    text = "1 |a 1\n1 |a x\n1 |a 2\n2 |a 3\n2 |a 4\n"
    found = source(tmp_path / "f.ctf", text, ONE, max_errors=1).next_minibatch(9)
    assert sequences(found) == {"a": [[[3], [4]]]}


def test_the_end_of_a_sweep_is_told_before_malformed_lines_at_the_end(tmp_path, caplog):
    reading = source(tmp_path / "f.ctf", "|a 1\n|a 2\n|a x\n", ONE, max_errors=1)
    assert reading.next_minibatch(2)[reading.streams.a].end_of_sweep
    assert reading.next_minibatch(2) == {}


def test_the_log_can_be_silent(tmp_path, caplog):
    reading = source(tmp_path / "f.ctf", DIRTY, ONE, max_errors=3, trace_level=0)
    assert drain(reading, 12, "a") == [CLEAN] and not caplog.records


def test_many_causes_are_counted_not_shown(tmp_path, caplog):
    text = "|a x\n" * 50 + "|a 1\n"
    reading = source(tmp_path / "f.ctf", text, ONE, max_errors=50)
    assert drain(reading, 5, "a") == [[1]]
    assert len(caplog.records) == 20
    with pytest.raises(RuntimeError, match=r"and 29 more"):
        source(tmp_path / "f.ctf", text, ONE, max_errors=48).next_minibatch(1)


def test_a_source_without_any_usable_sequence_ends(tmp_path, caplog):
    with pytest.raises(RuntimeError, match="no sequence that can be used"):
        source(tmp_path / "f.ctf", "|a x\n", ONE, max_errors=9, max_sweeps=10).next_minibatch(1)


def test_trace_level_may_be_the_enumeration(tmp_path, caplog):
    level = TraceLevel.Error
    reading = source(tmp_path / "f.ctf", DIRTY, ONE, max_errors=3, trace_level=level)
    assert drain(reading, 12, "a") == [CLEAN] and not caplog.records
