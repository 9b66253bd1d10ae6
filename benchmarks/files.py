"""Time and memory of large model files: ``python benchmarks/files.py``, beside a plain copy.

A network of parameters is saved, copied and loaded in turn, in a process of its own. A copy reads
and writes the file in blocks of 1 MiB; the one beside saving is flushed to the disk, as saving is.
Memory is the peak of the process less what it held after its imports; of a load, the network that
is loaded is all that it holds besides.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import cntk as C

MEGABYTE = 10**6
LAYERS = 16
LAYOUTS = ("message", "payload apart", "safetensors", "npz")
WEIGHTS = LAYOUTS[2:]  # named arrays, for a network that is there already


def network(megabytes: int) -> C.Function:
    """Return parameters of that size in all."""
    count = megabytes * MEGABYTE // 4 // LAYERS
    random = np.random.default_rng(1)
    drawn = (random.standard_normal(count, dtype=np.float32) for _ in range(LAYERS))
    return C.combine([C.parameter(init=values, name=f"w{i}") for i, values in enumerate(drawn)])


def empty_network(megabytes: int) -> C.Function:
    """Return the same network, of parameters that have no values yet."""
    count = megabytes * MEGABYTE // 4 // LAYERS
    draw = C.initializer.uniform(1)
    return C.combine([C.parameter(count, init=draw, name=f"w{i}") for i in range(LAYERS)])


def save(function: C.Function, path: Path, layout: str) -> None:
    if layout in WEIGHTS:
        C.weights.save(function, path)
    elif layout == "message":
        function.save(path)
    else:
        from cntk.graph.files import model_dictionary
        from cntk.storage import write_dictionary

        write_dictionary(path, model_dictionary(function), large=0)


def load(path: Path, layout: str, megabytes: int) -> None:
    if layout in WEIGHTS:
        C.weights.load(empty_network(megabytes), path)
    else:
        C.Function.load(path)


def copy(source: Path, target: Path, flushed: bool) -> None:
    """Copy a file block by block."""
    with open(source, "rb") as reading, open(target, "wb") as writing:
        shutil.copyfileobj(reading, writing, 2**20)
        writing.flush()
        if flushed:
            os.fsync(writing.fileno())


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def peak() -> float:
    """Return the peak memory of the process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def measure(action: str, layout: str, megabytes: int, rounds: int, folder: str) -> None:
    """Print a row; of ``save``, the network that is saved is part of the memory."""
    suffix = f".{layout}" if layout in WEIGHTS else ".model"
    path, other = Path(folder) / f"a{suffix}", Path(folder) / f"b{suffix}"
    held = peak()
    if action == "save":
        function = network(megabytes)
        held = peak() - megabytes

        def run() -> None:
            save(function, other, layout)

        run()
        shutil.copy(other, path)
    else:

        def run() -> None:
            load(path, layout, megabytes)

        run()
    memory = peak() - held
    ours, copies = [], []
    for _ in range(rounds):
        gc.collect()
        ours.append(seconds(run))
        copies.append(seconds(lambda: copy(path, other, flushed=action == "save")))
    size = path.stat().st_size / MEGABYTE
    speed = statistics.median(theirs / mine for theirs, mine in zip(copies, ours))
    print(
        f"| {action} | {layout} | {size:.0f} | {statistics.median(ours):.2f} | "
        f"{statistics.median(copies):.2f} | {speed:.2f} | {memory / size:.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("layouts", nargs="*", choices=[*LAYOUTS, []], help="default: all")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where the files are; default: a temporary folder")
    parser.add_argument("--action", choices=["save", "load"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.action:
        measure(given.action, given.layouts[0], given.megabytes, given.rounds, given.folder)
        return
    print("| action | layout | MB | seconds | copy, s | speed by copy's | memory by size |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for layout in given.layouts or LAYOUTS:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            for action in ("save", "load"):
                options = [f"--megabytes={given.megabytes}", f"--rounds={given.rounds}"]
                command = [__file__, layout, f"--action={action}", f"--folder={folder}", *options]
                subprocess.run([sys.executable, *command], check=True)


if __name__ == "__main__":
    main()
