"""Runs with dropout, noise, sampling and a shuffled reader repeat, and resume, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(__file__).with_name("random_training.py")


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """Write sentences of 1 to 6 words for the text-format reader."""
    random = np.random.RandomState(1)
    lines = [
        " ".join([f"{sentence}", *(f"|{name} {' '.join(map(str, values))}" for name, values in
                  (("x", np.eye(20, dtype=int)[word]), ("y", np.eye(4, dtype=int)[word % 4])))])
        for sentence in range(60)
        for word in random.randint(20, size=random.randint(1, 7))
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("text") / "words.ctf"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(text, checkpoint, start, stop, evaluates=False, threads=1):
    """Train in a process of its own; return the lines that it prints."""
    arguments = [text, checkpoint, start, stop, int(evaluates)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": str(threads)}
    result = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments)],
        capture_output=True, text=True, timeout=120, env=environment, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def whole(text, tmp_path_factory):
    return run(text, tmp_path_factory.mktemp("whole") / "model", 0, 10)


def test_a_resumed_run_is_the_run_that_was_not_interrupted(text, whole, tmp_path):
    checkpoint = tmp_path / "model"
    first = run(text, checkpoint, 0, 5)
    second = run(text, checkpoint, 5, 10)
    assert first[:-1] + second == whole
    assert len(set(whole)) == 11


def test_evaluation_between_steps_and_two_threads_change_nothing(text, whole, tmp_path):
    assert run(text, tmp_path / "model", 0, 10, evaluates=True, threads=2) == whole
