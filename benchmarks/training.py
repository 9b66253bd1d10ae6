"""What goes on around the steps of training: ``python benchmarks/training.py``.

Both sides of a row run in one process, in turn, and a row shows the median of the differences or
ratios. The step of a session is one of a tiny network; a share is one of a step of 5 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

import cntk as C
from cntk.train.checkpoint import checkpoint_of
from cntk.train.sessions.copies import Copies
from cntk.train.sessions.session import TrainingSession

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- training: written by --write -->", "<!-- end of training -->"
STEP = 5e-3  # seconds
MINIBATCHES, EVERY = 2000, 20


def tiny(writers=None):
    """Return a trainer of logistic regression, its inputs, and a source that never ends."""
    x, y = C.input_variable(2), C.input_variable(1)
    z = C.times(x, C.parameter((2, 1), init=0.1)) + C.parameter(1)
    loss = C.squared_error(z, y)
    trainer = C.Trainer(z, (loss, loss), C.sgd(z.parameters, 1e-4), writers)
    random = np.random.default_rng(1)
    rows = {"x": random.random((25 * 200, 2), "f"), "y": random.random((25 * 200, 1), "f")}
    source = C.io.MinibatchSourceFromData(rows)
    return trainer, {x: source.streams.x, y: source.streams.y}, source


def bare(given) -> float:
    """Return the seconds of a minibatch in a loop of one's own."""
    trainer, inputs, source = given
    begin = time.perf_counter()
    for _ in range(MINIBATCHES):
        data = source.next_minibatch(25)
        trainer.train_minibatch({x: data[stream] for x, stream in inputs.items()})
    return (time.perf_counter() - begin) / MINIBATCHES


class Timed(TrainingSession):
    """A session that notes when its first minibatch begins and its last one ends."""

    begin = end = 0.0

    def on_minibatch_start(self) -> None:
        self.begin = self.begin or time.perf_counter()

    def on_minibatch_end(self) -> None:
        self.end = time.perf_counter()


def in_session(given, folder: str) -> float:
    """Return the seconds of a minibatch in a session with all there is, seldom."""
    trainer, inputs, source = given
    seen = trainer.total_number_of_samples_seen
    seldom = 10**9
    session = Timed(
        trainer, source, 25, inputs, seen + 25 * MINIBATCHES, seldom,
        C.CheckpointConfig(f"{folder}/net", seldom, restore=False),
        C.CrossValidationConfig(frequency=seldom, callback=lambda *measured: True),
    )  # fmt: skip
    session.train()
    return (session.end - session.begin) / MINIBATCHES


def turns(count: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Return what each side measures, in turn, after a first time that does not count."""
    for side in sides:
        side()
    found: list[list[float]] = [[] for _ in sides]
    for _ in range(count):
        for side, times in zip(sides, found):
            times.append(side())
    return found


def difference(count: int, base: Callable[[], float], other: Callable[[], float]) -> float:
    """Return the median of what the other takes longer, pair by pair."""
    return statistics.median(b - a for a, b in zip(*turns(count, base, other)))


def cost_of_session(rounds: int) -> tuple[str, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        cost = difference(rounds, partial(bare, tiny()), partial(in_session, tiny(), folder))
    return "a session, by minibatch", f"{1e6 * cost:.1f} µs", "20 µs"


def cost_of_writers(rounds: int) -> list[tuple[str, str, str]]:
    """Return what writers that write after every 20 minibatches take."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            kinds = {
                "ProgressPrinter": C.logging.ProgressPrinter(freq=EVERY),
                "JSONLinesProgressWriter": C.logging.JSONLinesProgressWriter(path / "a", EVERY),
                "CSVProgressWriter": C.logging.CSVProgressWriter(path / "b", EVERY),
                "TensorBoardProgressWriter": C.logging.TensorBoardProgressWriter(
                    EVERY, path / "log"
                ),
            }
            for name, writer in kinds.items():
                cost = difference(rounds, partial(bare, tiny()), partial(bare, tiny([writer])))
                what = f"{name}, a line after each {EVERY} minibatches"
                found.append((what, f"{100 * cost / STEP:.2f} % of 5 ms", "1 %"))
            kinds["TensorBoardProgressWriter"].close()
    return found


def cost_of_saving(rounds: int, megabytes: int = 100) -> tuple[str, str, str]:
    """Return how long training stops for an asynchronous save, by the time of copying the state."""
    count = megabytes * 10**6 // 4 // 8
    weights = [C.parameter(init=np.ones(count, "f")) for _ in range(8)]
    loss = sum((C.reduce_sum(w) for w in weights[1:]), C.reduce_sum(weights[0]))
    x = C.input_variable(1)
    learner = C.adam(weights, 0.1, 0.9)
    trainer = C.Trainer(None, x * loss, learner)
    trainer.train_minibatch({x: [[1]]})
    arrays = [w.cell.read(w.shape, w._dtype) for w in weights]
    arrays += [a.cell.read(a._shape, a._dtype) for s in learner.state for a in s.values()]
    targets = [np.empty_like(array) for array in arrays]
    copies = Copies()

    def copy() -> float:
        begin = time.perf_counter()
        for target, array in zip(targets, arrays):
            np.copyto(target, array)
        return time.perf_counter() - begin

    def stop() -> float:
        begin = time.perf_counter()
        copies.take_back()
        checkpoint_of(trainer, {}, copies)
        return time.perf_counter() - begin

    ratio = statistics.median(b / a for a, b in zip(*turns(rounds, copy, stop)))
    size = sum(array.nbytes for array in arrays) // 10**6
    return f"training stops for a save of {size} MB", f"{ratio:.2f} of copying it", "1.50"


def cost_of_guard(rounds: int) -> list[tuple[str, str, str]]:
    """Return what looking for NaN takes of a step of about 5 ms."""
    x, y = C.input_variable(784), C.input_variable(10)
    z = C.layers.Sequential([C.layers.Dense(400, C.relu), C.layers.Dense(400, C.relu),
                             C.layers.Dense(10)])(x)  # fmt: skip
    loss = C.cross_entropy_with_softmax(z, y)
    trainer = C.Trainer(z, loss, C.sgd(z.parameters, 1e-6))
    random = np.random.default_rng(1)
    labels = np.eye(10, dtype="f")[random.integers(0, 10, 256)]
    data = {x: random.random((256, 784), "f"), y: labels}

    def under(policy: str) -> float:
        before = C.debugging.set_non_finite_policy(policy)
        begin = time.perf_counter()
        for _ in range(20):
            trainer.train_minibatch(data)
        C.debugging.set_non_finite_policy(before)
        return (time.perf_counter() - begin) / 20

    found = []
    for policy in ("warn", "raise"):
        pairs = zip(*turns(3 * rounds, partial(under, "ignore"), partial(under, policy)))
        ratio = statistics.median(b / a for a, b in pairs)
        target = "1 %" if policy == "warn" else ""  # the default; the other one reads gradients
        cost = f"{100 * (ratio - 1):.2f} % of a step"
        found.append((f"guard, policy '{policy}'", cost, target))
    return found


def table(rounds: int) -> str:
    rows = [
        cost_of_session(rounds),
        *cost_of_writers(rounds),
        cost_of_saving(rounds),
        *cost_of_guard(rounds),
    ]
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    lines = [
        f"Measured on {date.today()} on {os.cpu_count()} cores; load average {load}.",
        "",
        "| what | takes | target |",
        "|---|---|---|",
        *(f"| {what} | {cost} | {target} |" for what, cost, target in rows),
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    given = parser.parse_args()
    made = table(given.rounds)
    print(made)
    if given.write:
        text = README.read_text(encoding="utf-8")
        before, _, rest = text.partition(BEGIN)
        after = rest.partition(END)[2]
        README.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
