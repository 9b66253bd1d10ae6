"""Time operators on large operands: ``hatch run bench sigmoid relu``; without names, all of them.

Each declared sample is repeated along the batch until its largest operand holds about a million
numbers. A row shows the median of 20 runs of the Function, the bytes of operands and result per
second, and that as a share of what ``numpy.copyto`` reaches here: 100 % is the speed of memory.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np

import cntk as C
from cntk.operators.declare import Operator, Sample, registry

ELEMENTS = 1 << 20
RUNS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("operators", nargs="*", metavar="operator")
    import_module("cntk.ops")  # declares them
    chosen = parser.parse_args().operators or sorted(registry)
    unknown = [name for name in chosen if name not in registry]
    if unknown:
        parser.error(f"no such operator: {', '.join(unknown)}; there are {', '.join(registry)}")
    print(f"{'operator':28}{'sample':>7}{'MB':>8}{'ms':>9}{'GB/s':>8}{'of copy':>9}")
    copied = copy_speed()
    random = np.random.default_rng(1)
    for name in chosen:
        samples = registry[name].all_samples(lambda *shape: random.normal(size=shape))
        for number, sample in enumerate(samples):
            print(row(registry[name], number, sample, copied), flush=True)


def row(operator: Operator, number: int, sample: Sample, copied: float) -> str:
    """Return the line of one sample."""
    arrays = enlarged(sample)
    variables = [variable(array, kind) for array, kind in zip(arrays, kinds(sample))]
    fed = {v: a for v, a in zip(variables, arrays) if v.is_input}
    function = operator(*variables, **sample.attributes)
    result = function.eval(fed)
    seconds = median_time(lambda: function.eval(fed))
    moved = sum(a.nbytes for a in [*arrays, np.asarray(result)])
    speed = moved / seconds
    return (
        f"{operator.name:28}{number:7}{moved / 1e6:8.1f}{seconds * 1e3:9.2f}"
        f"{speed / 1e9:8.1f}{speed / copied:9.0%}"
    )


def kinds(sample: Sample) -> tuple[str, ...]:
    return sample.axes or ("batch",) * len(sample.operands)


def enlarged(sample: Sample) -> list[np.ndarray]:
    """Return the operands, those with a batch axis repeated along it."""
    arrays = [np.asarray(operand, np.float32) for operand in sample.operands]
    batched = [a.size for a, kind in zip(arrays, kinds(sample)) if kind == "batch"]
    rows = max(1, ELEMENTS // max(batched, default=ELEMENTS))
    return [
        np.tile(a, (rows, *[1] * a.ndim)) if kind == "batch" else a
        for a, kind in zip(arrays, kinds(sample))
    ]


def variable(array: np.ndarray, kind: str):
    if kind == "batch":
        return C.input_variable(array.shape[1:])
    return C.parameter(array.shape, init=array) if kind == "parameter" else C.constant(array)


def copy_speed() -> float:
    """Return bytes read and written per second by a plain copy of 64 MB."""
    source = np.ones(1 << 24, np.float32)
    target = np.empty_like(source)
    return 2 * source.nbytes / median_time(lambda: np.copyto(target, source))


def median_time(run: Callable) -> float:
    """Return the median of the time of some runs, in seconds."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
