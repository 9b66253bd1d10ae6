"""The progress bar: plain lines where there is no terminal, a bar of rich on one."""

from __future__ import annotations

import io
import sys

import pytest

from cntk.logging import ProgressBar, progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that tests move on."""
    now = [100.0]
    monkeypatch.setattr(progress_bar.time, "monotonic", lambda: now[0])
    return now


def test_a_line_every_ten_seconds_and_for_each_epoch(clock):
    file = io.StringIO()
    bar = ProgressBar(total=100, description="digits", file=file)
    for _ in range(5):
        clock[0] += 4
        bar.update_training(10, 20.0, 5.0)
    bar.write_training_summary(20.0, 5.0)
    lines = file.getvalue().splitlines()
    assert lines == [
        "digits 30%: epoch 1, loss 0.6667, metric 0.1667, 2.5 samples/s, 28 s left",
        "digits 50%: epoch 1, loss 0.4000, metric 0.1000, 2.5 samples/s, 20 s left",
    ]


def test_without_a_total_nothing_is_said_of_the_end(clock):
    file = io.StringIO()
    bar = ProgressBar(file=file)
    clock[0] += 2
    bar.update_training(10, 20.0, None)
    bar.write_training_summary(20.0, None)
    assert file.getvalue() == "training: epoch 1, loss 2.0000, metric 0.0000, 5.0 samples/s\n"


def test_a_bar_on_a_terminal():
    file = Terminal()
    bar = ProgressBar(total=20, description="digits", file=file)
    for _ in range(2):
        bar.update_training(10, 20.0, 5.0)
    bar.write_training_summary(20.0, 5.0)
    text = file.getvalue()
    assert "digits" in text
    assert "20/20" in text
    assert "loss 1.0000 metric 0.2500" in text
    bar.close()


def test_a_terminal_without_rich(monkeypatch, clock):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    file = Terminal()
    bar = ProgressBar(file=file)
    clock[0] += 20
    bar.update_training(10, 20.0, None)
    assert file.getvalue().startswith("training: epoch 1, loss 2.0000")
