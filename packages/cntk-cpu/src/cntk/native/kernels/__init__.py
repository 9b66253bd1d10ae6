"""The kernels by operator; one module for each family."""

from __future__ import annotations

from importlib import import_module

_MODULES = (
    "chains",
    "convolution",
    "delayed_products",
    "delays",
    "loops",
    "losses",
    "losses_together",
    "normalization",
    "one_hot",
    "orders",
    "pooling",
    "products",
    "sums",
    "winograd",
)


def kernels() -> list:
    """Return the kernels in C and of oneDNN."""
    found: list = []
    for name in _MODULES:
        found.extend(import_module(f"cntk.native.kernels.{name}").declared)
    return found
