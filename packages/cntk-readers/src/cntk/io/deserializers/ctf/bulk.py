"""Many lines at once: structure and numbers of a block by array operations.

A line is *regular* when every wanted input in it is complete and plainly written. Regular lines are
turned into arrays here; all others are only marked, and :mod:`exact` reads them one by one. Nothing
is guessed: a line is either understood completely or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cntk.io.deserializers.ctf.decimals import PADDING, parse_digits, parse_numbers, words_of
from cntk.io.deserializers.ctf.layout import Input, Rows
from cntk.io.deserializers.ctf.lines import NEWLINE, PIPE

_BLANK, _NUMBER, _COLON, _STRANGE = 0, 1, 2, 4
_CLASS = np.full(256, _STRANGE, np.uint8)
_CLASS[list(b" \t\r\n|")] = _BLANK
_CLASS[list(b"0123456789+-.eE")] = _NUMBER
_CLASS[ord(":")] = _COLON
_IS_BLANK = np.zeros(256, bool)
_IS_BLANK[list(b" \t")] = True
_MOST_BLANKS = 16
_ENDS_NAME = np.zeros(256, bool)
_ENDS_NAME[list(b" \t\r\n|")] = True


@dataclass
class Fields:
    """The wanted inputs of a block, in the order of the text.

    Attributes:
        line: line of each field.
        which: input of each field.
        first: its first token.
        count: its tokens.
    """

    line: np.ndarray
    which: np.ndarray
    first: np.ndarray
    count: np.ndarray

    def where(self, keep: np.ndarray) -> Fields:
        """Return the fields that a flag per field selects."""
        return Fields(self.line[keep], self.which[keep], self.first[keep], self.count[keep])


def read_block(text, line_begins, prefix_ends, end: int, inputs: list[Input]):
    """Return the samples of the regular lines for each input, and a flag per irregular line.

    Args:
        text: padded uint8 array that ends with a newline at ``end - 1``.
        line_begins: first byte of each line.
        prefix_ends: byte after the sequence id of each line (its first byte without one).
        end: byte after the last line.
        inputs: what is wanted.
    """
    begin = int(line_begins[0])
    # positions below count from PADDING bytes before the block
    shift = begin - PADDING
    text = text[shift : end + (len(text) - end)]
    size = end - begin
    newlines = np.append(line_begins[1:], end) - 1 - shift
    pipes = np.flatnonzero(text[PADDING : PADDING + size] == PIPE) + PADDING
    return _Block(text, newlines, pipes, prefix_ends - shift, inputs).read()


class _Block:
    """The steps of reading one block; each may mark more lines as irregular."""

    def __init__(self, text, newlines, pipes, prefix_ends, inputs) -> None:
        self.text, self.newlines, self.pipes, self.inputs = text, newlines, pipes, inputs
        self.size = int(newlines[-1]) + 1
        first = np.searchsorted(pipes, np.append(prefix_ends, self.size))
        self.line_of_pipe = np.repeat(np.arange(len(newlines)), np.diff(first))
        self.irregular = np.diff(first) == 0
        self._check_prefixes(first[:-1], prefix_ends)

    def read(self):
        """Return the samples of each input and the flags of irregular lines."""
        which, value_begins, field_ends = self._find_fields()
        tokens = self._find_tokens(which, value_begins, field_ends)
        fields = self._split_tokens(which, value_begins, tokens)
        fields = self._drop_irregular(fields)
        rows = [self._read_input(fields, tokens, i, wanted) for i, wanted in enumerate(self.inputs)]
        if self.irregular.any():
            rows = [part.where(~self.irregular[part.lines]) for part in rows]
        return rows, self.irregular

    def _mark(self, positions) -> None:
        """Mark the lines that some bytes lie in."""
        self.irregular[np.searchsorted(self.newlines, positions)] = True

    def _check_prefixes(self, first_pipe, prefix_ends) -> None:
        """Mark lines that have anything but a few blanks between the id and the first pipe."""
        lines = np.flatnonzero(~self.irregular)
        at = prefix_ends[lines]
        for _ in range(_MOST_BLANKS):
            blank = _IS_BLANK.take(self.text.take(at))
            if not blank.any():
                break
            at += blank
        self.irregular[lines[at != self.pipes[first_pipe[lines]]]] = True

    def _find_fields(self):
        """Return for each pipe: which input follows (-1: none wanted), its values' extent."""
        text, pipes = self.text, self.pipes
        words, names = words_of(text), pipes + 1
        field_ends = np.minimum(np.append(pipes[1:], self.size), self.newlines[self.line_of_pipe])
        which = np.full(len(pipes), -1, np.int8 if len(self.inputs) < 128 else np.int32)
        value_begins = field_ends.copy()
        for i, wanted in enumerate(self.inputs):
            same = _ENDS_NAME.take(text.take(names + len(wanted.alias)))
            for at in range(0, len(wanted.alias), 8):
                part = wanted.alias[at : at + 8]
                mask = np.uint64(2 ** (8 * len(part)) - 1)
                same &= (words[names + at] & mask) == int.from_bytes(part, "little")
            which[same] = i
            value_begins[same] = names[same] + len(wanted.alias)
        nameless = _ENDS_NAME.take(text.take(names))
        if nameless.any():
            self.irregular[self.line_of_pipe[nameless]] = True
        has_input = np.zeros(len(self.irregular), bool)
        has_input[self.line_of_pipe[which >= 0]] = True
        self.irregular |= ~has_input
        if self.irregular.any():
            outside = self.irregular[self.line_of_pipe]
            which[outside] = -1
            value_begins[outside] = field_ends[outside]
        return which, value_begins, field_ends

    def _find_tokens(self, which, value_begins, field_ends):
        """Return first byte and end of each run of number characters in wanted fields."""
        text = self.text[: self.size + 1]
        extents = np.empty(2 * len(self.pipes) + 1, np.int64)
        extents[0::2] = np.append(value_begins, len(text)) - np.append(0, field_ends)
        extents[1::2] = field_ends - value_begins
        inside = np.zeros(len(extents), np.uint8)
        inside[1::2] = 0xFF
        kinds = _CLASS.take(text) & np.repeat(inside, extents)
        self._check_returns(text)
        strange = kinds >= _STRANGE
        if strange.any():
            self._mark(np.flatnonzero(strange))
        self.num_colons = int(np.count_nonzero(kinds == _COLON))
        self.kinds = kinds
        is_number = kinds == _NUMBER
        edges = np.flatnonzero(is_number[1:] != is_number[:-1]) + 1
        return edges[0::2], edges[1::2]

    def _check_returns(self, text) -> None:
        """Mark lines with a carriage return that does not end the line."""
        returns = np.flatnonzero(text == ord("\r"))
        if len(returns):
            self._mark(returns[text.take(returns + 1, mode="clip") != NEWLINE])

    def _split_tokens(self, which, value_begins, tokens) -> Fields:
        """Return the fields with their tokens; mark lines with a wrong number of tokens."""
        starts, ends = tokens
        known = np.flatnonzero(which >= 0)
        line, kind = self.line_of_pipe[known], which[known]
        first = np.searchsorted(starts, value_begins[known])
        fields = Fields(line, kind, first, np.diff(np.append(first, len(starts))))
        dims = np.array([i.dim for i in self.inputs])[kind]
        sparse = np.array([i.is_sparse for i in self.inputs])[kind]
        wrong = np.where(sparse, fields.count % 2 == 1, fields.count != dims)
        num_pairs = int(fields.count[sparse].sum()) // 2
        if self.num_colons != num_pairs:
            colons = np.flatnonzero(self.kinds == _COLON)
            of_field = np.diff(np.append(np.searchsorted(colons, value_begins[known]), len(colons)))
            wrong |= of_field != np.where(sparse, fields.count // 2, 0)
        self.irregular[line[wrong]] = True
        for i in range(len(self.inputs)):
            own = line[kind == i] if len(self.inputs) > 1 else line
            self.irregular[own[1:][own[1:] == own[:-1]]] = True
        return fields

    def _drop_irregular(self, fields: Fields) -> Fields:
        if not self.irregular.any():
            return fields
        return fields.where(~self.irregular[fields.line])

    def _read_input(self, fields: Fields, tokens, i: int, wanted: Input) -> Rows:
        """Return the samples of one input; mark lines with malformed numbers."""
        starts, ends = tokens
        if len(self.inputs) > 1:
            fields = fields.where(fields.which == i)
        if int(fields.count.sum()) != len(starts):
            chosen = _runs(fields.first, fields.count)
            starts, ends = starts[chosen], ends[chosen]
        if wanted.is_sparse:
            return self._read_sparse(fields, starts, ends, wanted)
        values, ok = self._read_values(starts, ends)
        if not ok.all():
            bad = ~ok.reshape(-1, wanted.dim).all(1)
            self.irregular[fields.line[bad]] = True
        return Rows(fields.line, values.reshape(len(fields.line), wanted.dim))

    def _read_sparse(self, fields: Fields, starts, ends, wanted: Input) -> Rows:
        index_ends, value_starts = ends[0::2], starts[1::2]
        indices, ok = parse_digits(self.text, starts[0::2], index_ends)
        ok &= indices < np.uint64(wanted.dim)
        ok &= (value_starts == index_ends + 1) & (self.text.take(index_ends) == ord(":"))
        values, good = self._read_values(value_starts, ends[1::2])
        ok &= good
        counts = fields.count // 2
        if not ok.all():
            self.irregular[np.repeat(fields.line, counts)[~ok]] = True
        return Rows(fields.line, values, indices.astype(np.int64), counts)

    def _read_values(self, starts, ends):
        if not len(starts):
            return np.zeros(0, np.float32), np.zeros(0, bool)
        values, ok = parse_numbers(self.text, starts, ends)
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
        return values, ok & np.isfinite(values)


def _runs(first, count) -> np.ndarray:
    """Return ``first[i], first[i] + 1, ...`` (``count[i]`` of them) for all i."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(first - (ends - count), count) + np.arange(total)
