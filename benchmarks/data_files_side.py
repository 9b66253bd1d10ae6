"""Reads a data file once and prints seconds and peak memory; runs on CNTK 2.7 (Python 3.6) too."""

import sys
import time

import cntk as C

SHAPES = {
    "dense": {"features": (100, False), "labels": (10, True)},
    "sparse": {"words": (100000, True), "labels": (10, True)},
}
BATCH = 1024


def main():
    path, kind = sys.argv[1:]
    streams = C.io.StreamDefs(
        **{
            name: C.io.StreamDef(field=name, shape=dim, is_sparse=is_sparse)
            for name, (dim, is_sparse) in SHAPES[kind].items()
        }
    )
    reader = C.io.CBFDeserializer if path.endswith(".cbf") else C.io.CTFDeserializer
    begin = time.time()
    source = C.io.MinibatchSource(reader(path, streams), randomize=False, max_sweeps=1)
    while source.next_minibatch(BATCH):
        pass
    print("read", time.time() - begin, peak_memory())


def peak_memory():
    """Return the most memory that the process has held, in MB."""
    with open("/proc/self/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
