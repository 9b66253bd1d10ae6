"""Where kernels write."""

from __future__ import annotations

import numpy as np


def prepare_result(shape: tuple[int, ...], dtype: np.dtype, out: np.ndarray | None) -> np.ndarray:
    """Return an uninitialised contiguous array: ``out`` if it is one.

    Raises:
        ValueError: ``out`` has another shape.
    """
    if out is not None and out.shape != shape:
        raise ValueError(f"out has shape {out.shape}, the result {shape}")
    if out is not None and out.dtype == dtype and out.flags.c_contiguous:
        return out
    return np.empty(shape, dtype)


def hand_over(result: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    """Return ``out`` holding the result, or the result where there is no ``out``."""
    if out is None or out is result:
        return result
    out[...] = result
    return out
