"""Speed of text and binary data files: ``python benchmarks data``.

A file is read once in its order, in minibatches of 1024 samples, each time by a process of its own
that finds the file in the system's memory. ``--original PYTHON`` names the interpreter of an
installation of CNTK 2.7; both then read in turn, and the ratio is the median over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from data_files_side import SHAPES

import cntk as C
from cntk.io.deserializers.cbf.write import write_cbf

SIDE = Path(__file__).with_name("data_files_side.py")


def lines(kind: str, count: int) -> bytes:
    """Return lines of 100 numbers of six digits, or of 20 of 100,000 words; five to a sequence."""
    random = np.random.default_rng(0)
    made = []
    for i in range(count):
        label = f"|labels {random.integers(10)}:1\n"
        if kind == "dense":
            values = random.normal(size=100).round(6)
            made.append("|features " + " ".join(f"{v:g}" for v in values) + " " + label)
        else:
            places, values = np.unique(random.integers(0, 100000, size=20)), random.random(20)
            pairs = " ".join(f"{p}:{v:.4g}" for p, v in zip(places, values))
            made.append(f"{i // 5} |words {pairs} {label}")
    return "".join(made).encode()


def make_files(folder: Path, kind: str, megabytes: int) -> list[Path]:
    """Write a text file and the binary file of the same data."""
    block, text = lines(kind, 10000), folder / f"{kind}.ctf"
    with text.open("wb") as file:
        for _ in range(max(1, (megabytes << 20) // len(block))):
            file.write(block)
    streams = C.io.StreamDefs(
        **{
            name: C.io.StreamDef(field=name, shape=dim, is_sparse=is_sparse)
            for name, (dim, is_sparse) in SHAPES[kind].items()
        }
    )
    write_cbf(text.with_suffix(".cbf"), C.io.CTFDeserializer(text, streams))
    return [text, text.with_suffix(".cbf")]


def read(python: str, path: Path, kind: str) -> tuple[float, float]:
    """Return the seconds that a side takes, and its peak memory in MB."""
    command = [python, str(SIDE), str(path), kind]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    _, seconds, peak = next(
        line for line in printed.splitlines() if line.startswith("read")
    ).split()
    return float(seconds), float(peak)


def copy(path: Path) -> float:
    """Return the seconds that a copy of so many bytes from memory to memory takes."""
    source = np.fromfile(path, np.uint8)
    target = np.zeros_like(source)
    begin = time.perf_counter()
    target[:] = source
    return time.perf_counter() - begin


def row(path: Path, kind: str, rounds: int, original: str | None) -> str:
    """Return a row of the table."""
    size = path.stat().st_size / 1e6
    ours, theirs, copies = [], [], []
    for _ in range(rounds):
        ours.append(read(sys.executable, path, kind))
        if original:
            theirs.append(read(original, path, kind))
        copies.append(copy(path))
    middle = statistics.median
    cells = [path.name, f"{size:.0f}", f"{middle(size / s for s, _ in ours):.0f}"]
    cells.append(f"{middle(size / s for s, _ in theirs):.0f}" if theirs else "-")
    ratios = [their[0] / our[0] for our, their in zip(ours, theirs)]
    cells.append(f"{middle(ratios):.1f}" if ratios else "-")
    cells.append(f"{middle(c / s for c, (s, _) in zip(copies, ours)):.2f}")
    cells.append(f"{middle(peak for _, peak in ours):.0f}")
    cells.append(f"{middle(peak for _, peak in theirs):.0f}" if theirs else "-")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("kinds", nargs="*", metavar="kind", help=", ".join(SHAPES))
    parser.add_argument("--megabytes", type=int, default=200, help="of a text file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--original", metavar="PYTHON", help="an interpreter with CNTK 2.7")
    given = parser.parse_args()
    unknown = [kind for kind in given.kinds if kind not in SHAPES]
    if unknown:
        parser.error(f"no such kind: {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    print(
        "| file | MB | ours, MB/s | CNTK 2.7 | ours by CNTK 2.7 | by a copy | peak MB | CNTK 2.7 |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for kind in given.kinds or SHAPES:
            for path in make_files(Path(folder), kind, given.megabytes):
                print(row(path, kind, given.rounds, given.original), flush=True)


if __name__ == "__main__":
    main()
