"""Utterances in chunks, and their keys."""

from __future__ import annotations

import numpy as np


def cut_chunks(lengths: np.ndarray, most: int) -> list[slice]:
    """Return chunks of utterances that follow each other.

    Args:
        lengths: frames of each utterance.
        most: frames of a chunk; one of a longer utterance holds that alone.

    >>> cut_chunks(np.array([2, 2, 3, 9, 1]), 5)
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None), slice(4, 5, None)]
    """
    ends, cuts = np.cumsum(lengths), [0]
    while cuts[-1] < len(lengths):
        passed = int(ends[cuts[-1] - 1]) if cuts[-1] else 0
        cuts.append(max(cuts[-1] + 1, int(np.searchsorted(ends, passed + most, side="right"))))
    return [slice(*pair) for pair in zip(cuts, cuts[1:])]


def keys_of(names: list[str]) -> np.ndarray:
    """Return names as keys of a chunk."""
    return np.array(names, object).astype("U")
