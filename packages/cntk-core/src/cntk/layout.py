"""How the samples of a minibatch lie in the rows of an array.

A value with dynamic axes is one array ``(rows, *static shape)`` without padding. With only a batch
axis the rows are the samples in the user's order. With a sequence axis the rows are packed over
time: sequences stand in a stable order by falling length, step ``t`` holds the sequences that are
longer than ``t``, and frame ``t`` of the sequence at position ``s`` of that order is row
``offsets[t] + s``. Equal lengths therefore mean equal row order.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, Protocol, Self, TypeVar

import numpy as np

from cntk.errors import ExecutionError, describe

_IN_CACHE = 1 << 22  # bytes that are copied twice sooner than by pieces
_MANY_ROWS = 1 << 16  # above, what is known of them takes too much memory to be kept


class Rowed(Protocol):
    """An array or sparse rows: rows can be picked by an index array."""

    def __getitem__(self, rows: np.ndarray, /) -> Self: ...


Rows = TypeVar("Rows", bound=Rowed)


class Layout:
    """The rows of one minibatch along its dynamic axes.

    Args:
        num_samples: number of samples or sequences in the minibatch.
        lengths: frames of each sequence in the user's order, or None without a sequence axis.
        starts: whether each sequence begins here (False: it continues the one that was in the same
            slot of the minibatch before); None means all begin.
        ends: whether each sequence ends here; None means that nothing is known of later frames.
        slots: slot of each sequence; several may follow each other in one, of which the first may
            continue, and the last may go on. None: each has the slot of its position.

    Raises:
        RuntimeError: a sequence has no frame.

    >>> layout = Layout(2, [1, 3])
    >>> layout.rows, layout.order.tolist(), layout.step_sizes.tolist()
    (4, [1, 0], [2, 1, 1])
    >>> layout.pack(np.array([10, 20, 21, 22])).tolist()
    [20, 10, 21, 22]
    """

    def __init__(self, num_samples: int, lengths=None, starts=None, ends=None, slots=None) -> None:
        self.num_samples = num_samples
        self.lengths: Any = None if lengths is None else np.asarray(lengths, dtype=np.int64)
        if self.lengths is not None and (self.lengths < 1).any():
            empty = int(np.argmax(self.lengths < 1))
            raise ExecutionError(
                "AddSequence: Sequences must be a least one frame long. "
                f"Sequence {empty} of {num_samples} has none"
            )
        self.starts, self.ends, self._given_slots = starts, ends, slots
        self.continues = starts is not None and not all(starts)
        self.goes_on = ends is not None and not all(ends)
        self._last_rows: dict[int, np.ndarray] = {}
        self.rows = num_samples if self.lengths is None else int(self.lengths.sum())
        self._one_step = self.lengths is None or bool((self.lengths == 1).all())

    @property
    def has_sequences(self) -> bool:
        """Whether there is a sequence axis."""
        return self.lengths is not None

    def check_whole(self, what: str) -> None:
        """Refuse parts of sequences, for what needs all frames of them.

        Args:
            what: the operation that does.

        Raises:
            RuntimeError: a sequence has frames in another minibatch.
        """
        if self.continues or self.goes_on:
            flags: Any = self.starts if self.continues else self.ends
            where = "began before" if self.continues else "goes on after"
            sequence = next(i for i, flag in enumerate(flags) if not flag)
            raise ExecutionError(
                describe(
                    f"{what} needs all frames of a sequence; sequence {sequence} of the "
                    f"{self.num_samples} given {where} this minibatch (truncated sequences)",
                    hint="feed whole sequences, or read earlier frames with C.sequence.past_value",
                )
            )

    @cached_property
    def shortest(self) -> int:
        """Frames of the shortest sequence."""
        return len(self.step_sizes) if self.is_even else int(self.lengths.min())

    @property
    def is_even(self) -> bool:
        """Whether all sequences have the same length: packed rows keep the user's order."""
        return self.step_sizes[-1] == self.num_samples

    @property
    def shares_slots(self) -> bool:
        """Whether slots are not the positions of sequences."""
        return self._given_slots is not None

    @cached_property
    def slots(self) -> np.ndarray:
        """Slot of each sequence, in the user's order."""
        return np.asarray(self._given_slots) if self.shares_slots else np.arange(self.num_samples)

    @cached_property
    def last_of_slot(self) -> np.ndarray:
        """For each slot: the last sequence in it, in the user's order; -1 for none."""
        if not self.shares_slots:
            return self.slots
        last = np.full(int(self.slots.max()) + 1, -1)
        last[self.slots] = np.arange(self.num_samples)  # of equal indices, the last one counts
        return last

    def last_rows(self, count: int) -> np.ndarray:
        """Return the rows of the last frames of each slot, ``(count, slots)``.

        Where there are not as many frames, or none at all, any row stands.
        """
        known = self._last_rows.get(count)
        if known is None:
            lengths, places = self.lengths[self.last_of_slot], self.position[self.last_of_slot]
            times = np.maximum(lengths + np.arange(-count, 0)[:, None], 0)
            known = self._last_rows[count] = self.offsets[times] + places
        return known

    @cached_property
    def begins(self) -> np.ndarray:
        """Whether each sequence, in the order of packing, begins here."""
        starts = np.ones(self.num_samples, bool) if self.starts is None else np.asarray(self.starts)
        return starts[self.order]

    @cached_property
    def finishes(self) -> np.ndarray:
        """Whether each sequence, in the order of packing, is not known to go on."""
        ends = np.ones(self.num_samples, bool) if self.ends is None else np.asarray(self.ends)
        return ends[self.order]

    @cached_property
    def order(self) -> np.ndarray:
        """Positions of the user's sequences, longest first; ties keep the user's order."""
        return np.argsort(-self.lengths, kind="stable")

    @cached_property
    def step_sizes(self) -> np.ndarray:
        """Number of sequences alive at each time step."""
        longest = int(self.lengths.max()) if self.num_samples else 0
        counts = np.bincount(self.lengths, minlength=longest + 1)
        return self.num_samples - np.cumsum(counts)[:-1] if longest else np.zeros(0, np.int64)

    @cached_property
    def offsets(self) -> np.ndarray:
        """First row of each time step, and the number of rows at the end."""
        return np.concatenate(([0], np.cumsum(self.step_sizes)))

    @cached_property
    def position(self) -> np.ndarray:
        """Place of each of the user's sequences in :attr:`order`."""
        position = np.empty(self.num_samples, np.int64)
        position[self.order] = np.arange(self.num_samples)
        return position

    @cached_property
    def row_of_frame(self) -> np.ndarray:
        """For each frame, sequences of the user's order one after the other: its packed row."""
        starts = np.cumsum(self.lengths) - self.lengths
        sequence = np.repeat(np.arange(self.num_samples), self.lengths)
        return self.row_at(sequence, np.arange(self.rows) - starts[sequence])

    def row_at(self, sequence: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Return the packed rows of frames: of sequences in the user's order, at time steps."""
        return self.offsets[time] + self.position[sequence]

    @cached_property
    def frame_of_row(self) -> np.ndarray:
        """Inverse of :attr:`row_of_frame`."""
        inverse = np.empty(self.rows, np.int64)
        inverse[self.row_of_frame] = np.arange(self.rows)
        return inverse

    @cached_property
    def sequence_of_row(self) -> np.ndarray:
        """For each packed row: the sequence (in the user's order) that it belongs to."""
        return np.repeat(np.arange(self.num_samples), self.lengths)[self.frame_of_row]

    @cached_property
    def place_of_row(self) -> np.ndarray:
        """For each packed row: the place of its sequence in :attr:`order`."""
        return np.arange(self.rows) - self.offsets[self.time_of_row]

    @cached_property
    def time_of_row(self) -> np.ndarray:
        """For each packed row: its time step."""
        return np.repeat(np.arange(len(self.step_sizes)), self.step_sizes)

    def steps(self) -> Iterator[tuple[int, slice, np.ndarray]]:
        """Give each time step: its number, its rows, and the user's slots they belong to."""
        bounds = self.offsets.tolist()
        for time, (first, last) in enumerate(pairwise(bounds)):
            yield time, slice(first, last), self.order[: last - first]

    def partners(self, steps: int) -> tuple[slice, slice | np.ndarray]:
        """Return the rows of frames that are ``steps`` apart, as (later ones, earlier ones)."""
        first = int(self.offsets[min(steps, len(self.step_sizes))])
        if first == self.rows or self.is_even:
            return slice(first, self.rows), slice(0, self.rows - first)
        time = self.time_of_row[first:]
        place = np.arange(first, self.rows) - self.offsets[time]
        return slice(first, self.rows), self.offsets[time - steps] + place

    def pack(self, frames: Rows) -> Rows:
        """Return packed rows from rows in the user's order."""
        return frames if self._one_step else frames[self.frame_of_row]

    def repack(self, rows: Rows, other: Layout) -> Rows:
        """Return rows that another layout of equal lengths has packed as this one packs them."""
        return rows if self._one_step == other._one_step else self.pack(other.unpack(rows))

    def pack_parts(self, parts: list[np.ndarray]) -> np.ndarray:
        """Return packed rows from the frames of each sequence; many are copied only once."""
        if self._one_step:
            return np.concatenate(parts)
        if self.rows * parts[0][:1].nbytes < _IN_CACHE:
            return np.concatenate(parts).take(self.frame_of_row, 0, mode="clip")
        rows = np.empty((self.rows, *parts[0].shape[1:]), parts[0].dtype)
        for part, place in zip(parts, self.position.tolist()):
            rows[self.offsets[: len(part)] + place] = part
        return rows

    def unpack(self, rows: Rows) -> Rows:
        """Return rows in the user's order, sequences one after the other, from packed rows."""
        return rows if self._one_step else rows[self.row_of_frame]

    def split(self, rows: np.ndarray) -> list[np.ndarray]:
        """Return one array of frames per sequence, in the user's order, from packed rows."""
        frames = self.unpack(rows)
        return np.split(frames, np.cumsum(self.lengths)[:-1])

    def pad(self, rows: np.ndarray, fill: float = 0, longest: int | None = None) -> np.ndarray:
        """Return ``(samples, longest, ...)`` from packed rows; gaps hold ``fill``."""
        steps = len(self.step_sizes) if longest is None else longest
        padded = np.full((self.num_samples, steps, *rows.shape[1:]), fill, rows.dtype)
        padded[self.sequence_of_row, self.time_of_row] = rows
        return padded

    def take(self, padded: np.ndarray) -> np.ndarray:
        """Return packed rows from ``(samples, steps, ...)``; what is not part of a row is left."""
        return padded[self.sequence_of_row, self.time_of_row]

    def has_lengths_of(self, other: Layout) -> bool:
        """Whether both have as many sequences, of equal lengths; a sample is one frame long."""
        if self is other or (self._one_step and other._one_step):
            return self.num_samples == other.num_samples
        return np.array_equal(self.frames, other.frames)

    @property
    def frames(self) -> np.ndarray:
        """Frames of each sequence in the user's order; 1 without a sequence axis."""
        return np.ones(self.num_samples, np.int64) if self.lengths is None else self.lengths

    def agrees_with(self, other: Layout) -> bool:
        """Whether both describe the same sequences: count, lengths, and start flags if given."""
        if self is other:
            return True
        if self.num_samples != other.num_samples or self.has_sequences != other.has_sequences:
            return False
        if self.has_sequences and not np.array_equal(self.lengths, other.lengths):
            return False
        return _agree(self.starts, other.starts) and _agree(self._given_slots, other._given_slots)

    def describe(self) -> str:
        """Return a few words for messages."""
        if not self.has_sequences:
            return f"{self.num_samples} samples"
        shown = ", ".join(map(str, self.lengths[:6])) + (", ..." if self.num_samples > 6 else "")
        return f"{self.num_samples} sequences of lengths {shown}"


def _agree(mine, theirs) -> bool:
    """Whether two lists are equal, where both are given."""
    return mine is None or theirs is None or np.array_equal(mine, theirs)


_recent: list[Layout] = [Layout(0)]


def layout_of(lengths: np.ndarray) -> Layout:
    """Return the layout of whole sequences.

    The inputs of a network mostly come with equal lengths: what the first of them has found out
    about its rows serves the others.

    Args:
        lengths: frames of each sequence in the user's order; the array is kept.

    >>> layout_of(np.array([1, 3])) is layout_of(np.array([1, 3]))
    True
    """
    found = _recent[0]
    if found.lengths is None or not np.array_equal(found.lengths, lengths):
        found = Layout(len(lengths), lengths)
        if found.rows <= _MANY_ROWS:
            _recent[0] = found
    return found
