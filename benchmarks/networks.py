"""Training steps against PyTorch: ``python benchmarks/networks.py tiny resnet20 --pairs 5``.

The two sides run in turn, each time as a new process, so that a machine whose speed drifts treats
them alike; a row shows the median time of each, and the median of the ratios pair by pair. Memory
is the peak of the whole process less what it held after its imports. Needs ``pip install torch``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKLOADS = ("fcn5", "alexnet", "resnet20", "resnet56", "tagger", "tiny")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("workloads", nargs="*", choices=[*WORKLOADS, []], metavar="workload")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each side (default 5)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side (default 2)")
    parser.add_argument("--steps", type=int, default=0, help="timed steps (default 10; tiny 2000)")
    given = parser.parse_args()
    print(f"{'workload':10}{'cntk ms':>10}{'torch ms':>10}{'ratio':>8}{'cntk MB':>10}"
          f"{'torch MB':>10}{'ratio':>8}{'first step s':>14}")  # fmt: skip
    for workload in given.workloads or WORKLOADS:
        pairs = [
            (run("cntk", workload, given), run("torch", workload, given))
            for _ in range(given.pairs)
        ]
        print(row(workload, pairs), flush=True)


def run(side: str, workload: str, given) -> dict:
    """Return what one side measures in a process of its own."""
    threads = str(given.threads)
    environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
    command = [sys.executable, str(HERE / f"networks_{side}.py"), workload]
    command += ["--steps", str(given.steps)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def row(workload: str, pairs: list[tuple[dict, dict]]) -> str:
    """Return the line of a workload."""

    def middle(side: int, key: str) -> float:
        return statistics.median(pair[side][key] for pair in pairs)

    def ratio(key: str) -> float:
        return statistics.median(ours[key] / max(theirs[key], 1e-9) for ours, theirs in pairs)

    return (
        f"{workload:10}{middle(0, 'ms'):10.3f}{middle(1, 'ms'):10.3f}{ratio('ms'):8.2f}"
        f"{middle(0, 'MB'):10.1f}{middle(1, 'MB'):10.1f}{ratio('MB'):8.2f}"
        f"{middle(0, 'until_first_step_s'):14.2f}"
    )


if __name__ == "__main__":
    main()
