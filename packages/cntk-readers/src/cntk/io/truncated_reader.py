"""Reads sequences in parts, for back-propagation through a limited number of time steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cntk.io.chunk import Chunk, Parts, SequenceRows
from cntk.io.problems import data_error
from cntk.io.sequence_reader import SequenceReader


@dataclass
class _Part:
    """Frames of one sequence."""

    sequence: Chunk
    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin

    def rows_of(self, stream: str) -> SequenceRows:
        rows = self.sequence.streams[stream].rows[self.begin : self.end]
        return SequenceRows(rows, np.array([self.length]))


class TruncatedReader:
    """Gives minibatches of a few slots, in each of which sequences follow each other in time.

    A slot holds ``length`` frames of a minibatch: the next frames of the sequence that the
    minibatch before left off in, and when that ends, the first ones of a new sequence. Slots run
    empty only at the end of the data. When the number of slots changes, all begin anew, and what
    was left of their sequences is dropped, as in CNTK 2.7; so it is after :meth:`seek`.

    Args:
        reader: gives whole sequences.
        length: frames of a slot in one minibatch.
    """

    def __init__(self, reader: SequenceReader, length: int) -> None:
        self._reader, self._length = reader, length
        self._slots: list[list[_Part]] = []
        self._sweep_ended = False  # with the last sequence that was read

    @property
    def position(self) -> int:
        """Samples passed; sequences that are left off count as a whole."""
        return self._reader.position

    def seek(self, position: int) -> None:
        """Go to the first sequence that begins at or after a position."""
        self._reader.seek(position)
        self._slots, self._sweep_ended = [], False

    def take(self, size: int, num_parts: int = 1, part: int = 0) -> tuple[Chunk | None, bool]:
        """Return the next frames for one worker, and whether a sweep ended.

        A sweep ends when the first sequence of the next one is read, and with the last minibatch.

        Args:
            size: samples of the minibatch, all workers together: ``length`` for each slot, of which
                there is at least one.
            num_parts: number of workers.
            part: which of them asks.

        Returns:
            None and a flag where the data end.
        """
        share = size // num_parts + (part < size % num_parts)
        count = max(1, share // self._length)
        if count != len(self._slots):
            self._slots = [[] for _ in range(count)]
        sweep_began = False
        for waiting in self._slots:
            sweep_began |= self._fill(waiting, num_parts, part)
        taken = [(i, each) for i, slot in enumerate(self._slots) for each in self._cut(slot)]
        is_last = not any(self._slots)
        if not taken:
            return None, False
        return _joined(taken), sweep_began or (is_last and self._sweep_ended)

    def _fill(self, waiting: list[_Part], num_parts: int, part: int) -> bool:
        """Read sequences until more frames wait than are needed; tell whether a sweep began."""
        began = False
        while sum(each.length for each in waiting) <= self._length:
            sequence, sweep_ended = self._reader.take(1, num_parts, part)
            if sequence is None:
                self._sweep_ended |= sweep_ended
                break
            began |= self._sweep_ended
            self._sweep_ended = sweep_ended
            waiting.append(_Part(sequence, 0, _length(sequence)))
        return began

    def _cut(self, waiting: list[_Part]) -> list[_Part]:
        """Take the frames of one slot from those that wait."""
        taken, left = [], self._length
        while waiting and left:
            first = waiting[0]
            cut = min(first.length, left)
            taken.append(_Part(first.sequence, first.begin, first.begin + cut))
            left -= cut
            first.begin += cut
            if not first.length:
                waiting.pop(0)
        return taken


def _joined(taken: list[tuple[int, _Part]]) -> Chunk:
    """Return parts of sequences in their slots as one chunk."""
    pieces = [piece for _, piece in taken]
    streams = {
        name: SequenceRows.join([piece.rows_of(name) for piece in pieces])
        for name in pieces[0].sequence.streams
    }
    parts = Parts(
        [piece.begin == 0 for piece in pieces],
        [piece.end == _length(piece.sequence) for piece in pieces],
        [slot for slot, _ in taken],
    )
    return Chunk(streams, parts=parts)


def _length(sequence: Chunk) -> int:
    """Return the frames of a sequence: as many in each of its streams."""
    lengths = {name: int(rows.lengths[0]) for name, rows in sequence.streams.items()}
    if len(set(lengths.values())) > 1:
        raise data_error(
            "For BPTT sequences between different input stream should have the same length.",
            ", ".join(f"{name}: {length} samples" for name, length in lengths.items()),
            hint="truncation_length=0 reads whole sequences",
        )
    return next(iter(lengths.values()))
