"""Time operators on large operands: ``hatch run bench sigmoid relu``; without names, all of them.

Each declared sample makes a batch that is repeated until its largest operand holds about a million
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

from cntk.operators.declare import registry
from cntk.testing.calls import Call

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
    for name in chosen:
        for number in range(len(samples(registry[name]))):
            try:
                print(row(Call(registry[name], number, np.float32), copied), flush=True)
            except MemoryError as error:  # an operator that compares all pairs of samples
                print(f"{name:28}{number:7}  {error}", flush=True)


def row(call: Call, copied: float) -> str:
    """Return the line of one sample."""
    function, fed = call.function, enlarged(call)
    result = function.eval(fed)
    seconds = median_time(lambda: function.eval(fed))
    rows = next((len(data) / len(call.feed()[v]) for v, data in fed.items()), 1)
    moved = size(result)
    moved += sum(g.array.nbytes * (rows if g.has_rows else 1) for g in call.operands)
    speed = moved / seconds
    return (
        f"{call.operator.name:28}{call.number:7}{moved / 1e6:8.1f}{seconds * 1e3:9.2f}"
        f"{speed / 1e9:8.1f}{speed / copied:9.0%}"
    )


def enlarged(call: Call) -> dict:
    """Return what is fed, its samples or sequences repeated."""
    largest = max((g.array.size for g in call.inputs if g.has_rows), default=ELEMENTS)
    times = max(1, ELEMENTS // max(largest, 1))
    return {variable: repeated(data, times, variable) for variable, data in call.feed().items()}


def repeated(data, times: int, variable):
    if not variable.dynamic_axes:
        return data
    return data * times if isinstance(data, list) else np.concatenate([data] * times)


def size(result) -> int:
    """Return the bytes of what ``eval`` gave."""
    if isinstance(result, dict):
        return sum(map(size, result.values()))
    if isinstance(result, list):
        return sum(array.nbytes for array in result)
    return result.data.nbytes if hasattr(result, "toarray") else result.nbytes


def samples(operator) -> list:
    """Return the samples that an operator declares."""
    return operator.all_samples(lambda *shape: np.zeros(shape))


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
