"""Reads sequences in parts, for back-propagation through a limited number of time steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cntk.io.chunk import Chunk, Parts, SequenceRows, stack_rows
from cntk.io.problems import data_error
from cntk.io.sequence_reader import SequenceReader


class _Part(NamedTuple):
    """Frames of one sequence, as rows of a chunk; the whole sequence is ``first`` to ``last``."""

    chunk: Chunk
    first: int
    last: int
    begin: int
    end: int


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
        began, left = False, self._length - sum(each.end - each.begin for each in waiting)
        while left >= 0:
            chunk, sweep_ended = self._reader.take(max(1, left) * num_parts, num_parts, part)
            if chunk is None:
                self._sweep_ended |= sweep_ended
                break
            began |= self._sweep_ended or (sweep_ended and not self._reader.is_between_sweeps)
            self._sweep_ended = sweep_ended and self._reader.is_between_sweeps
            ends = np.cumsum(_lengths(chunk)).tolist()
            waiting.extend(_Part(chunk, *span, *span) for span in zip([0, *ends], ends))
            left -= ends[-1]
        return began

    def _cut(self, waiting: list[_Part]) -> list[_Part]:
        """Take the frames of one slot from those that wait."""
        taken, left = [], self._length
        while waiting and left:
            part = waiting[0]
            cut = min(part.end, part.begin + left)
            taken.append(part._replace(end=cut))
            left -= cut - part.begin
            if cut < part.end:
                waiting[0] = part._replace(begin=cut)
            else:
                del waiting[0]
        return taken


def _joined(taken: list[tuple[int, _Part]]) -> Chunk:
    """Return parts of sequences in their slots as one chunk."""
    pieces = [piece for _, piece in taken]
    lengths = np.array([piece.end - piece.begin for piece in pieces])
    streams = {
        name: SequenceRows(
            stack_rows([p.chunk.streams[name].rows[p.begin : p.end] for p in pieces]), lengths
        )
        for name in pieces[0].chunk.streams
    }
    parts = Parts(
        [piece.begin == piece.first for piece in pieces],
        [piece.end == piece.last for piece in pieces],
        [slot for slot, _ in taken],
    )
    return Chunk(streams, parts=parts)


def _lengths(chunk: Chunk) -> np.ndarray:
    """Return the frames of each sequence: as many in each of its streams."""
    lengths = [rows.lengths for rows in chunk.streams.values()]
    for other in lengths[1:]:
        if not np.array_equal(other, lengths[0]):
            sequence = int(np.argmax(other != lengths[0]))
            raise data_error(
                "For BPTT sequences between different input stream should have the same length.",
                ", ".join(
                    f"{name}: {rows.lengths[sequence]} samples"
                    for name, rows in chunk.streams.items()
                ),
                hint="truncation_length=0 reads whole sequences",
            )
    return lengths[0]
