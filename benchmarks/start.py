"""Time until work begins: ``python benchmarks/start.py``; medians of new processes.

``import cntk`` alone, and with the names of a first script touched; then, for ResNet-56, building
the network and planning it (the first step less a later one); and building ResNet-152 by layers,
with all shapes inferred.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = 5
IMPORTS = {
    "import cntk": "import cntk",
    "import cntk and touch names": "import cntk as C; C.input_variable, C.Trainer, C.sigmoid",
    "import numpy": "import numpy",
}
RESNET = f"""
import sys; sys.path.insert(0, {str(HERE / "networks")!r})
import cntk_training
started = time.perf_counter()
step = cntk_training.resnet56(2)
built = time.perf_counter()
step(0)
first = time.perf_counter()
step(1)
print(built - started, 2 * first - built - time.perf_counter())
"""
DEEP = f"""
import sys; sys.path.insert(0, {str(HERE)!r})
import cntk as C, resnet152
started = time.perf_counter()
resnet152.network()(C.input_variable((3, 224, 224)))
print(time.perf_counter() - started)
"""


def seconds(code: str) -> list[float]:
    """Return the medians of the numbers that code prints, in new processes."""
    command = [sys.executable, "-c", f"import time\n{code}"]
    runs = [
        [float(word) for word in subprocess.check_output(command, text=True).split()]
        for _ in range(RUNS)
    ]
    return [statistics.median(column) for column in zip(*runs)]


def main() -> None:
    for label, code in IMPORTS.items():
        timed = f"started = time.perf_counter()\n{code}\nprint(time.perf_counter() - started)"
        print(f"{label:32}{seconds(timed)[0]:8.3f} s")
    built, planned = seconds(RESNET)
    print(f"{'ResNet-56: build':32}{built:8.3f} s")
    print(f"{'ResNet-56: plan':32}{planned:8.3f} s")
    print(f"{'ResNet-152 by layers: build':32}{seconds(DEEP)[0]:8.3f} s")


if __name__ == "__main__":
    main()
