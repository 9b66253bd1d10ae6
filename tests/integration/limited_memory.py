"""Train with less and less memory, in a process of its own: all parameters step, or none.

``python limited_memory.py adam 40``: a learner, and how many limits there are. Prints how many
minibatches went well, and how many were refused. ``load FOLDER``: save a model and load it with
less memory than it takes.
"""

from __future__ import annotations

import gc
import resource
import sys
from pathlib import Path

import numpy as np

import cntk as C

LEARNERS = {
    "adam": lambda p: [C.adam(p, 0.01, 0.9)],
    "two": lambda p: [C.momentum_sgd(p[:3], 0.01, 0.9), C.adadelta(p[3:], 0.01)],
    "noise": lambda p: [C.sgd(p, 0.01, gaussian_noise_injection_std_dev=0.1)],
    "universal": lambda p: [
        C.universal(
            lambda ps, gs: C.combine([C.assign(a, a - 0.01 * g) for a, g in zip(ps, gs)]), p
        )
    ],
}
ROWS = 400


def network():
    """Return input, labels, and layers with statistics that training moves."""
    x, y = C.input_variable((3, 16, 16), name="pictures"), C.input_variable(10)
    maps = C.parameter((16, 3, 3, 3), init=C.glorot_uniform(seed=1), name="maps")
    h = C.convolution(maps, x, auto_padding=[False, True, True], name="layer")
    scale, bias = C.parameter((16,), init=1), C.parameter((16,))
    mean, variance, count = C.constant(0, (16,)), C.constant(0, (16,)), C.constant(0, ())
    h = C.batch_normalization(h, scale, bias, mean, variance, True, 100, running_count=count)
    table = C.parameter((16, 16, 16, 400), init=C.glorot_uniform(seed=2), name="table")
    h = C.dropout(C.relu(C.times(h, table, 1)), 0.5, seed=3)
    z = C.times(h, C.parameter((400, 10), init=C.glorot_uniform(seed=4)))
    return x, y, z


def minibatch(rows: int, random) -> list[np.ndarray]:
    labels = np.eye(10, dtype="f")[random.integers(0, 10, rows)]
    return [random.random((rows, 3, 16, 16), "f"), labels]


def state(z) -> list[np.ndarray]:
    return [v.value for v in (*z.parameters, *z.constants)]


def is_same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(a, b, strict=True))


def virtual_memory() -> int:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmSize" in x)
    return 1024 * int(line.split()[1])


def attempt(learner: str, data: list, room: int | None) -> bool:
    """Train on a minibatch with so much memory; return whether it went well."""
    x, y, z = network()
    learners = LEARNERS[learner](z.parameters)
    trainer = C.Trainer(z, C.cross_entropy_with_softmax(z, y), learners)
    before = state(z)
    unlimited = resource.getrlimit(resource.RLIMIT_AS)
    if room is not None:
        resource.setrlimit(resource.RLIMIT_AS, (virtual_memory() + room, unlimited[1]))
    try:
        trainer.train_minibatch(dict(zip((x, y), data)))
        went_well = True
    except MemoryError as error:
        went_well = False
        assert "there is no memory for" in str(error), error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)
    assert trainer.total_number_of_samples_seen == (ROWS if went_well else 0)
    after = state(z)
    if not went_well:
        assert is_same(before, after), "half an update"
    assert trainer.train_minibatch({x: data[0][:4], y: data[1][:4]})
    changed = [not np.array_equal(a, b) for a, b in zip(after, state(z), strict=True)]
    assert all(changed), "something is not trained any more"
    return went_well


def load(folder: str) -> None:
    path = str(Path(folder, "large.model"))
    C.combine([C.parameter((5000, 5000), name="table")]).save(path)
    C.Function.load(path)
    gc.collect()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (virtual_memory() + 50_000_000, hard))
    try:
        C.Function.load(path)
    except MemoryError as error:
        print(error)


def main() -> None:
    if sys.argv[1] == "load":
        load(sys.argv[2])
        return
    learner, limits = sys.argv[1], int(sys.argv[2])
    data = minibatch(ROWS, np.random.default_rng(0))
    attempt(learner, data, None)  # libraries load, threads start
    found = []
    for i in range(limits):
        gc.collect()
        found.append(attempt(learner, data, i * 150_000_000 // limits))
    print(found.count(True), found.count(False))


if __name__ == "__main__":
    main()
