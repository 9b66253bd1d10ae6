"""Memory of reading a large text file: ``python benchmarks stream --gigabytes 10``.

The file is one block of lines over and over, and is deleted afterwards. A process of its own reads
it once in its order, and once shuffled in a window of a few chunks; a row tells its memory after
the imports and at most. The program stops where the disk is too small.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from data_files import lines
from data_files_side import BATCH, SHAPES, peak_memory

LIMIT = 500  # MB
WINDOW = 4  # chunks that are shuffled together
SPARE = 1 << 30  # bytes of the disk that stay free


def make_file(path: Path, kind: str, gigabytes: float) -> None:
    block, size = lines(kind, 20000), int(gigabytes * 1e9)
    if shutil.disk_usage(path.parent).free < size + SPARE:
        raise SystemExit(f"{path.parent} has no room for {gigabytes} GB")
    with path.open("wb") as file:
        for _ in range(max(1, size // len(block))):
            file.write(block)


def read(path: Path, kind: str, window: int) -> None:
    """Read the file and print the samples, the seconds, and the memory before and at most."""
    import cntk as C

    streams = C.io.StreamDefs(
        **{
            name: C.io.StreamDef(field=name, shape=dim, is_sparse=is_sparse)
            for name, (dim, is_sparse) in SHAPES[kind].items()
        }
    )
    before, begin, samples = peak_memory(), time.perf_counter(), 0
    source = C.io.MinibatchSource(
        C.io.CTFDeserializer(path, streams),
        max_sweeps=1,
        randomize=window > 0,
        randomization_window_in_chunks=window or 1,
    )
    while minibatch := source.next_minibatch(BATCH):
        samples += minibatch[source.streams.labels].num_samples
    print(samples, time.perf_counter() - begin, before, peak_memory())


def row(path: Path, kind: str, window: int) -> str:
    command = [sys.executable, __file__, "--read", str(path), kind, str(window)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    seconds, before, peak = map(float, printed[1:])
    cells = [kind, f"shuffled, {window} chunks" if window else "as it is"]
    cells += [f"{path.stat().st_size / 1e9:.1f}", f"{path.stat().st_size / 1e6 / seconds:.0f}"]
    verdict = "met" if peak <= LIMIT else "**missed**"
    return "| " + " | ".join([*cells, f"{before:.0f}", f"{peak:.0f}", verdict]) + " |"


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        return read(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("kinds", nargs="*", metavar="kind", help=", ".join(SHAPES))
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--folder", help="where the file is made")
    given = parser.parse_args()
    unknown = [kind for kind in given.kinds if kind not in SHAPES]
    if unknown:
        parser.error(f"no such kind: {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    print(f"| lines | order | GB | MB/s | MB after imports | MB at most | limit of {LIMIT} MB |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for kind in given.kinds or SHAPES:
            path = Path(folder) / f"{kind}.ctf"
            make_file(path, kind, given.gigabytes)
            for window in (0, WINDOW):
                print(row(path, kind, window), flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
