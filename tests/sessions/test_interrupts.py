"""Ctrl-C and SIGTERM: training ends soon, the model is whole, and a checkpoint is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("interrupted.py")
SOON = 0.5  # seconds

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no such signals")


class Training:
    """A process that trains."""

    def __init__(self, scenario: str, folder) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), scenario, str(folder)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def interrupt(self, number: int, delay: float = 0.05) -> float:
        """Send a signal when it runs; return when that was."""
        line = self._process.stdout.readline()
        assert line == "runs\n", line + self._process.stderr.read()
        time.sleep(delay)
        self._process.send_signal(number)
        return time.time()

    def line(self) -> str:
        """Return what it says next."""
        return self._process.stdout.readline().strip() or self._process.stderr.read()

    def end(self) -> tuple[int, str, str]:
        """Return its status, the last line of its output, and its errors."""
        output, errors = self._process.communicate(timeout=60)
        return self._process.returncode, output.strip().rpartition("\n")[2], errors


def resumed(folder) -> str:
    status, last, errors = Training("resumed", folder).end()
    assert status == 0, errors
    return last


def test_ctrl_c_leaves_no_step_half_done(tmp_path):
    training = Training("in_a_loop", tmp_path)
    waits = []
    for i in range(20):
        sent = training.interrupt(signal.SIGINT, delay=0.0137 * i)
        line = training.line()
        assert line.replace(".", "").isdigit(), line
        waits.append(float(line) - sent)
    assert training.end()[0] == 0
    assert sorted(waits)[10] < SOON, waits  # the machine may be busy at one time or another


@pytest.mark.parametrize("scenario", ["in_a_session", "in_function_train"])
def test_ctrl_c_ends_a_session_soon(scenario, tmp_path):
    training = Training(scenario, tmp_path)
    sent = training.interrupt(signal.SIGINT)
    status, last, errors = training.end()
    assert status == 0, errors
    assert float(last) - sent < SOON


@pytest.mark.parametrize("scenario", ["terminated", "terminated_while_a_thread_writes"])
def test_sigterm_leaves_a_checkpoint_that_training_goes_on_from(scenario, tmp_path):
    training = Training(scenario, tmp_path)
    sent = training.interrupt(signal.SIGTERM)
    status, samples, errors = training.end()
    assert status == 143, errors
    assert time.time() - sent < 5
    assert not [name for name in os.listdir(tmp_path) if name.endswith((".new", ".tmp"))]
    assert int(samples) >= 40
    assert resumed(tmp_path) == f"{samples} True"


def test_sigterm_ends_a_cross_validation_too(tmp_path):
    training = Training("terminated_in_a_cross_validation", tmp_path)
    sent = training.interrupt(signal.SIGTERM)
    assert training.end()[0] == 143
    assert time.time() - sent < 5
    assert resumed(tmp_path) == "40 True"


def test_a_handler_of_the_user_is_called_after_the_checkpoint(tmp_path):
    training = Training("with_a_handler", tmp_path)
    training.interrupt(signal.SIGTERM)
    assert training.end()[:2] == (0, "[(15, True)]")


def test_a_signal_that_is_ignored_stays_ignored(tmp_path):
    training = Training("with_the_signal_ignored", tmp_path)
    training.interrupt(signal.SIGTERM)
    assert training.end()[:2] == (0, "ended")


def test_without_checkpoints_nothing_changes(tmp_path):
    training = Training("without_checkpoints", tmp_path)
    training.interrupt(signal.SIGTERM)
    assert training.end()[0] == -signal.SIGTERM
    assert not list(tmp_path.iterdir())
