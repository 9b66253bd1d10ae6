"""Times one operator when it is told to: the process behind ``operators.py``.

Each declared sample makes a batch that is repeated until its largest operand holds about a million
numbers. The large cases have sizes of their own.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np

import cntk as C
from cntk.debugging.measuring import Measuring
from cntk.debugging.peak import peak
from cntk.execution import watch
from cntk.operators.declare import registry
from cntk.testing.calls import Call

ELEMENTS = 1 << 20
RUNS = 20
LARGE = {  # sizes at which arithmetic decides, not memory
    "large_product": ((1024,), (1024, 1024), 512, C.times),
    "large_convolution": (
        (64, 56, 56),
        (64, 64, 3, 3),
        8,
        lambda x, w: C.convolution(w, x, auto_padding=[False, True, True]),
    ),
}


def measured(name: str, number: int) -> dict:
    """Return milliseconds of a call, and in kernels, and the work: operations and bytes."""
    function, fed = _large(name) if name in LARGE else _sample(name, number)
    measuring = Measuring()
    watch.start(measuring)
    runs = len(times(lambda: function.eval(fed))) + 1
    watch.stop(measuring)
    inside = sum(x.total for x in measuring.steps if not x.in_loop)
    return {
        "ms": 1e3 * statistics.median(times(lambda: function.eval(fed))),
        "kernels_ms": 1e3 * inside / runs,
        "operations": measuring.work().operations / runs,
        "bytes": measuring.work().bytes / runs,
        "onednn_ms": _sgemm(name),
    }


def _large(name: str) -> tuple:
    shape, weights, rows, make = LARGE[name]
    x = C.input_variable(shape)
    w = C.parameter(weights, init=C.glorot_uniform())
    return make(x, w), {x: np.ones((rows, *shape), np.float32)}


def _sample(name: str, number: int) -> tuple:
    call = Call(registry[name], number, np.float32)
    largest = max((g.array.size for g in call.inputs if g.has_rows), default=ELEMENTS)
    count = max(1, ELEMENTS // max(largest, 1))
    return call.function, {v: _repeated(data, count, v) for v, data in call.feed().items()}


def _repeated(data, count: int, variable):
    if not variable.dynamic_axes:
        return data
    return data * count if isinstance(data, list) else np.concatenate([data] * count)


def _sgemm(name: str) -> float | None:
    """Return the milliseconds of oneDNN's own product of the same size; None: not a product."""
    if name != "large_product":
        return None
    try:
        library = import_module("cntk.native.library").onednn()
    except ImportError:
        return None
    if library is None:
        return None
    (_, (k, n), m, _) = LARGE[name]
    a, b, c = (np.ones(shape, np.float32) for shape in ((m, k), (k, n), (m, n)))
    pointers = [x.ctypes.data_as(ctypes.c_void_p) for x in (a, b, c)]
    turn, size, number = ctypes.c_char(b"N"), ctypes.c_int64, ctypes.c_float
    arguments = (turn, turn, size(m), size(n), size(k), number(1), pointers[0], size(k),
                 pointers[1], size(n), number(0), pointers[2], size(n))  # fmt: skip
    return 1e3 * statistics.median(times(lambda: library.dnnl_sgemm(*arguments)))


def times(run: Callable) -> list[float]:
    """Return the seconds of 20 runs, or of as many as a second takes, after one more run."""
    run()
    found: list[float] = []
    while len(found) < RUNS and sum(found) < 1:
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return found


def main() -> None:
    import_module("cntk.ops")  # declares them
    for line in sys.stdin:
        name, number = line.split()
        if name == "samples":  # of all operators
            known = {x: len(registry[x].all_samples(lambda *s: np.zeros(s))) for x in registry}
            answer: object = {**dict.fromkeys(LARGE, 1), **known}
        elif name == "peak":
            answer = list(peak())
        else:
            try:
                answer = measured(name, int(number))
            except MemoryError as error:  # an operator that compares all pairs of samples
                answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
