"""Products through BLAS, written into the plan's memory."""

from __future__ import annotations

from cntk.execution.kernels import Kernel

declared: list[Kernel] = []
