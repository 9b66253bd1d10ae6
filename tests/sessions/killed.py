"""Saving that is killed: ``python killed.py FOLDER COUNT SEED`` prints what it found COUNT times.

A child saves checkpoint after checkpoint, each of another number; it is killed without a warning,
and what is on the disk must be one checkpoint of one number, no older than that of before.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

import cntk as C

SIZE = 40_000


class Job:
    """A trainer all whose state is one number."""

    def __init__(self) -> None:
        x = C.input_variable(1)
        self.weights = C.parameter(SIZE)
        loss = C.reduce_sum(x * self.weights)
        self.learner = C.momentum_sgd([self.weights], 0.1, 0.9)
        self.trainer = C.Trainer(None, loss, self.learner)
        (state,) = self.learner.rule.state
        self.state = self.learner.state_array(0, state)

    def save(self, path: str, number: int) -> None:
        values = np.full(SIZE, number, np.float32)
        self.weights.value = values
        self.state.cell.write(values)
        self.trainer.save_checkpoint(path, {"number": number})

    def number(self, path: str) -> int:
        """Return the number of a checkpoint that is whole."""
        number = self.trainer.restore_from_checkpoint(path)["number"]
        for array in (self.weights.value, self.state.cell.read((SIZE,), np.dtype("float32"))):
            assert (array == number).all(), f"parts of two checkpoints, {number} and another"
        return number


def kill_one(job: Job, path: str, first: int, delay: float, saves: int) -> None:
    """Let a child save numbers from ``first`` on, and kill it some time after ``saves`` of them."""
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        while True:
            os.write(told, b".")
            job.save(path, first)
            first += 1
    for _ in range(1 + saves):
        os.read(heard, 1)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(heard)
    os.close(told)


def main(folder: str, count: int, seed: int) -> None:
    moments = random.Random(seed)
    path, job, last = str(Path(folder) / "m"), Job(), 1
    begin = time.perf_counter()
    job.save(path, last)
    longest = min(3 * (time.perf_counter() - begin), 0.1)
    changed = 0
    for i in range(count):
        kill_one(job, path, last + 1, moments.random() * longest, saves=i % 2)
        number = job.number(path)
        assert number >= last + i % 2, f"the checkpoint went back from {last} to {number}"
        changed += number > last
        last = number
    job.save(path, last + 1)
    print(changed, sorted(os.listdir(folder)))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:4]))
