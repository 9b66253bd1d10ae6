"""Lines of a CTF text: where they start and which sequence they belong to."""

from __future__ import annotations

import numpy as np

from cntk.io.deserializers.ctf import native
from cntk.io.deserializers.ctf.decimals import PADDING, parse_digits
from cntk.io.deserializers.ctf.scratch import Scratch

NEWLINE, PIPE = ord("\n"), ord("|")
LONGEST_ID, LONGEST_ID_DIGITS = 2**64 - 1, 20

_DIGIT = np.zeros(256, bool)
_DIGIT[ord("0") : ord("9") + 1] = True


def padded(
    size: int, after: int = PADDING, scratch: Scratch | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return an array for a text, and the part of it that the text itself goes to.

    Around the text stand blanks, and right after it a newline, which ends a last line without one.

    Args:
        size: bytes of the text.
        after: bytes that may be read after the text.
        scratch: memory to use; default: new one.
    """
    total = PADDING + size + 1 + PADDING + after
    text = np.empty(total, np.uint8) if scratch is None else scratch.array("text", total, np.uint8)
    text[:PADDING] = text[PADDING + size :] = ord(" ")
    text[PADDING + size] = NEWLINE
    return text, text[PADDING : PADDING + size]


def line_starts(text: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Return the first byte of each line of ``text[begin:end]``, which ends with a newline."""
    if native.is_available():
        return native.line_starts(text, begin, end)
    newlines = np.flatnonzero(text[begin:end] == NEWLINE) + begin
    return np.concatenate(([begin], newlines[:-1] + 1))


def sequence_ids(text: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the sequence id that each line begins with (uint64), and the byte after it.

    A line without an id, which continues the sequence before it, has its own start as that byte.

    Raises:
        OverflowError: an id does not fit in 64 bits.
    """
    if native.is_available():
        return native.sequence_ids(text, starts)
    ends = starts.copy()
    alive = np.arange(len(starts))
    while len(alive):
        alive = alive[_DIGIT.take(text.take(ends[alive]))]
        ends[alive] += 1
        if len(alive) and ends[alive[0]] - starts[alive[0]] > LONGEST_ID_DIGITS:
            raise OverflowError(int(starts[alive[0]]))
    ids, plain = parse_digits(text, starts, ends)
    for line in np.flatnonzero(~plain & (ends > starts)):
        number = int(text[starts[line] : ends[line]].tobytes())
        if number > LONGEST_ID:
            raise OverflowError(int(starts[line]))
        ids[line] = number
    return ids, ends


def first_lines(ids, has_id, previous: int | None) -> np.ndarray:
    """Return which lines begin a sequence.

    Args:
        ids: id of each line.
        has_id: whether the line has one.
        previous: id of the sequence that the line before the first one belongs to.
    """
    begins = np.zeros(len(ids), bool)
    carriers = np.flatnonzero(has_id)
    if len(carriers):
        own = ids[carriers]
        begins[carriers[1:]] = own[1:] != own[:-1]
        begins[carriers[0]] = previous is None or int(own[0]) != previous
    return begins


def group_lines(text, begins, has_ids: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for the lines of a chunk: the sequence of each, its byte after the id, all ids.

    Args:
        text: padded uint8 array.
        begins: first byte of each line; the first one begins a sequence.
        has_ids: whether lines carry ids; else each line is a sequence, numbered from 0.
    """
    if not has_ids:
        numbers = np.arange(len(begins))
        return numbers, begins, numbers.astype(np.uint64)
    ids, ends = sequence_ids(text, begins)
    is_first = first_lines(ids, ends > begins, None)
    return np.cumsum(is_first) - 1, ends, ids[is_first]


def text_end(text: np.ndarray, size: int) -> int:
    """Return the byte after the last line of a padded text whose body has ``size`` bytes."""
    return PADDING + size + int(text[PADDING + size - 1] != NEWLINE)
