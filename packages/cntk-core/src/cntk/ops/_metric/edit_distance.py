"""The edits of the cheapest alignment of two sequences, for many pairs at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Penalties(NamedTuple):
    """What one edit costs. Costs choose the alignment; what is counted are its edits."""

    substitution: float
    deletion: float
    insertion: float


def padded(tokens: np.ndarray, sequence: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return tokens as a table with a column for each sequence; gaps hold 0.

    Args:
        tokens: those of all sequences, one sequence after the other.
        sequence: the sequence of each.
        lengths: how many each sequence has.
    """
    table = np.zeros((int(lengths.max(initial=0)), len(lengths)), np.int64)
    starts = np.cumsum(lengths) - lengths
    table[np.arange(len(tokens)) - starts[sequence], sequence] = tokens
    return table


def count_edits(
    ours: np.ndarray,
    theirs: np.ndarray,
    our_lengths: np.ndarray,
    their_lengths: np.ndarray,
    penalties: Penalties,
) -> np.ndarray:
    """Return for each pair the number of edits that turn our sequence into theirs.

    Of equally cheap edits that lead to the same place a substitution goes before an insertion, and
    that before a deletion; CNTK 2.7 counts the same, in float32.

    Args:
        ours: tokens, ``[our longest, pairs]``.
        theirs: tokens, ``[their longest, pairs]``.
        our_lengths: tokens of each sequence of ours.
        their_lengths: tokens of each sequence of theirs.
        penalties: the cost of each kind of edit.

    >>> kitten, sitting = (np.array([[ord(c)] for c in word]) for word in ("kitten", "sitting"))
    >>> count_edits(kitten, sitting, np.array([6]), np.array([7]), Penalties(1, 1, 1)).tolist()
    [3]
    """
    rows, columns, pairs = len(ours), len(theirs), ours.shape[1]
    substitution, deletion, insertion = map(np.float32, penalties)
    backwards = theirs[::-1]
    total, found = our_lengths + their_lengths, np.zeros(pairs, np.int64)
    # Cells where equally many tokens are used up depend on the two diagonals before theirs alone.
    # Rows of the arrays: how many tokens of ours are used up.
    cost, before, earlier = (np.zeros((rows + 1, pairs), np.float32) for _ in range(3))
    edits, edits_before, edits_earlier = (np.zeros((rows + 1, pairs), np.int64) for _ in range(3))
    for used in range(1, rows + columns + 1):
        earlier, before, cost = before, cost, earlier
        edits_earlier, edits_before, edits = edits_before, edits, edits_earlier
        first, end = max(1, used - columns), min(used - 1, rows) + 1
        here, above = slice(first, end), slice(first - 1, end - 1)
        differ = ours[above] != backwards[columns - used + first : columns - used + end]
        replaced = earlier[above] + substitution * differ
        inserted, deleted = before[here] + insertion, before[above] + deletion
        inserts = differ & (inserted < replaced)
        deletes = differ & (deleted < np.minimum(replaced, inserted))
        replaced[inserts] = inserted[inserts]
        replaced[deletes] = deleted[deletes]
        number = edits_earlier[above] + differ
        number = np.where(inserts, edits_before[here] + 1, number)
        number = np.where(deletes, edits_before[above] + 1, number)
        cost[here], edits[here] = replaced, number
        if used <= columns:
            cost[0], edits[0] = used * insertion, used
        if used <= rows:
            cost[used], edits[used] = used * deletion, used
        done = np.flatnonzero(total == used)
        found[done] = edits[our_lengths[done], done]
    return found
