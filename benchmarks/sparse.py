"""Time and memory of sparse data at scale: ``python benchmarks/sparse.py vocabulary ...``.

Each case runs in a process of its own. Memory is the peak of the process less what it held after
its imports; beside it stands what cannot be saved: the parameters, and the learner's state.
"""

from __future__ import annotations

import argparse
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

import cntk as C

STEPS = 10


def words(rng, vocabulary: int, count: int) -> np.ndarray:
    """Return words as they come up in text: the k-th most frequent with a share of about 1/k."""
    return np.minimum(vocabulary ** rng.random(count), vocabulary - 1).astype(np.int64)


def sequences(rng, vocabulary: int, lengths) -> C.Value:
    return C.Value.one_hot([words(rng, vocabulary, int(n)).tolist() for n in lengths], vocabulary)


def language_model(vocabulary: int = 100_000) -> tuple[C.Trainer, Iterator[dict]]:
    """Embedding, LSTM, and a full softmax over the vocabulary; labels are one-hot."""
    x = C.sequence.input_variable(vocabulary, is_sparse=True)
    label = C.sequence.input_variable(vocabulary, is_sparse=True)
    model = C.layers.Sequential(
        [
            C.layers.Embedding(300),
            C.layers.Recurrence(C.layers.LSTM(128)),
            C.layers.Dense(vocabulary),
        ]
    )
    z = model(x)
    loss = C.cross_entropy_with_softmax(z, label)
    trainer = C.Trainer(z, loss, C.sgd(z.parameters, 0.01))

    def minibatches() -> Iterator[dict]:
        rng = np.random.default_rng(1)
        while True:
            lengths = rng.integers(10, 30, 16)
            data = sequences(rng, vocabulary, lengths)
            yield {x: data, label: sequences(rng, vocabulary, lengths)}

    return trainer, minibatches()


def vocabulary(size: int = 100_000) -> tuple[C.Trainer, Iterator[dict]]:
    """The same with the loss over 1000 sampled classes: nothing is as tall as the vocabulary."""
    x = C.sequence.input_variable(size, is_sparse=True)
    label = C.sequence.input_variable(size, is_sparse=True)
    hidden = C.layers.Sequential(
        [C.layers.Embedding(300), C.layers.Recurrence(C.layers.LSTM(128))]
    )(x)
    weights = C.parameter((size, 128), init=C.glorot_uniform())
    shares = np.full(size, 1 / size, np.float32)
    sampled = C.times(C.random_sample(shares, 1000, True), weights)
    wanted = C.reduce_sum(C.times(label, weights) * hidden)
    other = C.times_transpose(sampled, hidden)
    loss = C.reduce_log_sum_exp(C.splice(wanted, C.reshape(other, -1))) - wanted
    trainer = C.Trainer(None, loss, C.momentum_sgd(loss.parameters, 0.1, 0.9))

    def minibatches() -> Iterator[dict]:
        rng = np.random.default_rng(1)
        while True:
            lengths = rng.integers(10, 30, 16)
            data = sequences(rng, size, lengths)
            yield {x: data, label: sequences(rng, size, lengths)}

    return trainer, minibatches()


def million(size: int = 1_000_000) -> tuple[C.Trainer, Iterator[dict]]:
    """A classifier of one-hot data of a million dimensions, with momentum."""
    x, label = C.input_variable(size, is_sparse=True), C.input_variable(2)
    z = C.layers.Sequential([C.layers.Embedding(64), C.layers.Dense(2)])(x)
    loss = C.cross_entropy_with_softmax(z, label)
    trainer = C.Trainer(z, loss, C.momentum_sgd(z.parameters, 0.1, 0.9))

    def minibatches() -> Iterator[dict]:
        rng = np.random.default_rng(1)
        while True:
            chosen = words(rng, size, 4096)
            yield {
                x: C.Value.one_hot(chosen.tolist(), size),
                label: np.eye(2, dtype="f")[chosen % 2],
            }

    return trainer, minibatches()


def ragged(longest: int = 1000) -> tuple[C.Trainer, Iterator[dict]]:
    """Sequences of 1 to 1000 frames in one minibatch: rows are packed, not padded."""
    x, label = C.sequence.input_variable(100), C.input_variable(2)
    z = C.layers.Sequential([C.layers.Dense(128, C.tanh), C.sequence.last, C.layers.Dense(2)])(x)
    loss = C.cross_entropy_with_softmax(z, label)
    trainer = C.Trainer(z, loss, C.sgd(z.parameters, 0.01))

    def minibatches() -> Iterator[dict]:
        rng = np.random.default_rng(1)
        data = [rng.standard_normal((n, 100)).astype("f") for n in (longest, *[1] * 255)]
        while True:
            yield {x: data, label: np.eye(2, dtype="f")[rng.integers(0, 2, len(data))]}

    return trainer, minibatches()


CASES: dict[str, Callable] = {
    "language_model": language_model,
    "vocabulary": vocabulary,
    "million": million,
    "ragged": ragged,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(CASES))
    parser.add_argument("--here", action="store_true", help="run one case in this process")
    given = parser.parse_args()
    unknown = [name for name in given.cases if name not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    if given.here:
        print(row(given.cases[0]), flush=True)
        return
    print(f"{'case':16}{'step, ms':>10}{'memory, MB':>12}{'parameters, MB':>16}{'state, MB':>11}")
    for name in given.cases or CASES:
        subprocess.run([sys.executable, __file__, name, "--here"], check=True)


def row(name: str) -> str:
    """Run a case and return its line."""
    C.layers.Dense, C.sgd  # noqa: B018 - what is loaded at first use belongs to the imports
    before = peak()
    trainer, minibatches = CASES[name]()
    seconds = []
    for _ in range(STEPS):
        data = next(minibatches)
        begin = time.perf_counter()
        trainer.train_minibatch(data)
        seconds.append(time.perf_counter() - begin)
    (learner,) = trainer.parameter_learners
    parameters = sum(4 * math.prod(p.shape) for p in learner.parameters) / 1e6
    state = parameters * len(learner.state_names())
    step = statistics.median(seconds[2:]) * 1e3
    return f"{name:16}{step:10.1f}{peak() - before:12.0f}{parameters:16.0f}{state:11.0f}"


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
