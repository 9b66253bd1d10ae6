"""The tokens that labels stand for, and where each begins."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cntk.errors import ExecutionError, describe
from cntk.layout import Layout

BEGINS, CONTINUES = 2, 1  # largest value of the row of a frame; 0 also continues


class Tokens(NamedTuple):
    """The tokens of each sequence, in the order in which sequences are packed.

    Attributes:
        names: the token, the column of the label, ``[sequences, most tokens]``; gaps hold 0.
        begins: the frame at which each begins; gaps hold 0.
        counts: the number of tokens of each sequence.
    """

    names: np.ndarray
    begins: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, frames: Layout, blank: int) -> Tokens:
        """Return the tokens of packed labels.

        Args:
            labels: ``[rows, V]``; a row whose largest value is 2 begins a token.
            frames: which row belongs to which frame.
            blank: the column that is no token.

        Raises:
            ExecutionError: a row says neither that a token begins nor that none does.
        """
        largest = labels.max(axis=1)
        _check_values(labels, largest, frames)
        row = np.flatnonzero(largest == BEGINS)
        name, time = labels[row].argmax(axis=1), frames.time_of_row[row]
        if (name == blank).any():
            where = _where(frames, row[np.argmax(name == blank)])
            raise _refused(f"the blank, {blank}, is among the tokens: {where}")
        place = row - frames.offsets[time]
        by_sequence = np.lexsort((time, place))
        counts = np.bincount(place, minlength=frames.num_samples)
        index = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        at = place[by_sequence], index
        names = np.zeros((frames.num_samples, int(counts.max(initial=0))), np.int64)
        begins = np.zeros_like(names)
        names[at], begins[at] = name[by_sequence], time[by_sequence]
        return cls(names, begins, counts)


def _check_values(labels: np.ndarray, largest: np.ndarray, frames: Layout) -> None:
    """Refuse rows that mean nothing."""
    odd = ~((largest == BEGINS) | (largest == CONTINUES) | (largest == 0))
    if odd.any():
        row = int(np.argmax(odd))
        raise _refused(f"the largest value of a row is {largest[row]}: {_where(frames, row)}")
    several = (labels == BEGINS).sum(axis=1) > 1
    if several.any():
        where = _where(frames, int(np.argmax(several)))
        raise _refused(f"more than one token begins at a frame: {where}")


def _refused(what: str) -> ExecutionError:
    rule = "a row of labels has one 2, in the column of the token that begins there, or no more "
    return ExecutionError(describe(f"ForwardBackward: {what}", f"{rule}than 1 if none does"))


def _where(frames: Layout, row: int) -> str:
    """Return the place of a row, in the user's order."""
    return f"frame {frames.time_of_row[row]} of sequence {frames.sequence_of_row[row]}"
