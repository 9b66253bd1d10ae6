"""Kernels in NumPy, for operators whose reference is too slow to train with."""

from __future__ import annotations

from importlib import import_module

_MODULES = (
    "bind_convolution",
    "bind_pooling",
    "delays",
    "elementwise",
    "linear",
    "normalization",
    "reduce_over",
    "reduction",
    "row_sparse",
    "shape",
    "softmax",
)


def kernels() -> list:
    """Return the NumPy kernels."""
    found: list = []
    for name in _MODULES:
        found.extend(import_module(f"cntk.backends.numpy.{name}").declared)
    return found
