"""What a CTF file is expected to hold: its inputs, by alias; and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FLOAT32_OVERFLOW = (2 - 2**-24) * 2.0**127  # from here on float32 rounds to infinity


@dataclass(frozen=True)
class Input:
    """One input that is read from each line.

    Attributes:
        name: the stream's name.
        alias: what follows the pipe in the file.
        dim: number of values of a sample.
        is_sparse: whether values are written ``index:value``.
    """

    name: str
    alias: bytes
    dim: int
    is_sparse: bool


@dataclass
class Rows:
    """Samples of one input.

    Attributes:
        lines: line of each sample.
        values: dense: ``(samples, dim)``; sparse: the values, samples one after the other.
        indices: sparse: the place of each value.
        counts: sparse: number of values of each sample.
    """

    lines: np.ndarray
    values: np.ndarray
    indices: Any = None
    counts: Any = None

    def where(self, keep: np.ndarray) -> Rows:
        """Return the samples that a flag per sample selects."""
        if self.counts is None:
            return Rows(self.lines[keep], self.values[keep])
        inner = np.repeat(keep, self.counts)
        return Rows(self.lines[keep], self.values[inner], self.indices[inner], self.counts[keep])
