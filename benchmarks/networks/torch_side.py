"""PyTorch's side of a comparison; ``--compile`` behind the workload takes torch.compile."""

from __future__ import annotations

import sys
import time

import side
import torch
from torch_inference import INFERENCE
from torch_training import TRAINING

SIDE = 1536


def sgemm(step) -> float:
    """Return GFLOP/s of a large product, the median of three."""
    x = torch.ones(SIDE, SIDE)
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        torch.mm(x, x)
        times.append(time.perf_counter() - begin)
    return 2e-9 * SIDE**3 / sorted(times)[1]


if __name__ == "__main__":
    side.commands.update(sgemm=sgemm)
    compiled = torch.compile if "--compile" in sys.argv else lambda net: net
    side.serve(
        {name: lambda make=make: make(compiled) for name, make in {**TRAINING, **INFERENCE}.items()}
    )
