"""What the sequences of one minibatch leave to the next one, where they go on.

A delay by k frames reads, at the first k frames of a sequence that goes on, the last k frames that
it saw in the same slot of the minibatch before. Each delay of a network keeps them, from every run:
whether a sequence goes on is known only when the next minibatch is fed. What is kept belongs to the
Function that was run, not to the plan, which other networks share.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cntk.errors import ExecutionError, ShapeError, describe
from cntk.layout import Layout
from cntk.shape import shape_text

_lock = threading.Lock()
_LONGEST = 1 << 16  # frames of a delay that are kept; a file may ask for any number


class Kept(NamedTuple):
    """The last frames of each slot of a minibatch.

    Args:
        frames: ``(frames, slots, *static shape)``: what the delay reads at the first frames of a
            sequence that goes on.
        is_held: for each slot, whether there was a sequence in it; None: in all of them.
    """

    frames: np.ndarray
    is_held: np.ndarray | None = None


class Passage:
    """One delay in one run: what it finds of the minibatch before, and leaves to the next.

    Args:
        found: what the run before kept; None if there was none.
    """

    __slots__ = ("_found", "left")

    def __init__(self, found: Kept | None) -> None:
        self._found = found
        self.left: Kept | None = None

    def before(self, initial: np.ndarray, delay: int, layout: Layout) -> np.ndarray:
        """Return what the delay reads at the first frames, ``(delay, sequences, *static shape)``.

        Args:
            initial: the initial state of each sequence; these stand in the order of packing.
            delay: number of frames.
            layout: the layout of the minibatch.

        Raises:
            RuntimeError: a sequence goes on that the minibatch before did not have, or that looks
                farther back than is kept.
        """
        if layout.continues and delay > _LONGEST:
            raise ExecutionError(
                describe(
                    f"a sequence goes on, and the network looks {delay} frames back: of the "
                    f"minibatch before, {_LONGEST} frames are kept at most",
                    hint="feed whole sequences, all begin markers True",
                )
            )
        found = first_frames(initial, delay, layout)
        if layout.continues:
            goes_on = ~layout.begins
            slots = layout.slots[layout.order][goes_on]
            found[:, goes_on] = self._matching(slots, initial.shape[1:])
        return found

    def _matching(self, slots: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Return the frames kept of some slots."""
        count = 0 if self._found is None else self._found.frames.shape[1]
        held = np.ones(count, bool)
        if self._found is not None and self._found.is_held is not None:
            held = self._found.is_held
        is_there = np.array([slot < count and held[slot] for slot in slots.tolist()])
        if self._found is None or not is_there.all():
            missing = int(slots[~is_there].min())
            raise ExecutionError(
                describe(
                    "No matching sequence found in the minibatch before for a sequence that goes "
                    f"on: slot {missing} has the begin marker False",
                    f"in the run before, this Function had sequences in {int(held.sum())} slots",
                    hint="begin marker True at the first part of a sequence; feed all its parts to "
                    "one Function or Trainer, each to the same slot",
                )
            )
        frames = self._found.frames
        if frames.shape[2:] != shape:
            raise ShapeError(
                f"a sequence goes on with the static shape '{shape_text(shape)}'; in the minibatch "
                f"before it had '{shape_text(frames.shape[2:])}'"
            )
        return frames[:, slots]

    def leave(
        self, rows: np.ndarray, delay: int, layout: Layout, before: np.ndarray | None = None
    ) -> None:
        """Keep the last frames of each slot.

        Args:
            rows: the packed rows that the delay reads.
            delay: number of frames.
            layout: the layout of the minibatch.
            before: what it reads before them, from :meth:`before`; needed where a sequence is
                shorter than the delay.
        """
        if delay > _LONGEST or self.left is not None:  # as the gradient of a loop delays it again
            return
        frames, last = rows[layout.last_rows(delay)], layout.last_of_slot
        if before is not None and layout.shortest < delay:
            lengths, places = layout.lengths[last], layout.position[last]
            for frame in range(delay):
                short = lengths + frame < delay
                frames[frame, short] = before[lengths[short] + frame, places[short]]
        self.left = Kept(frames, last >= 0 if layout.shares_slots else None)

    def make_room(self, shape: tuple[int, ...], dtype: np.dtype, delay: int, layout: Layout):
        """Return memory for what :meth:`leave` would keep, to be filled during the run.

        It is ``(delay, slots, *static shape)``, and gets the rows ``layout.last_rows(delay)``.
        None: nothing has to be kept.

        Args:
            shape: static shape of what the delay reads.
            dtype: its element type.
            delay: number of frames; all sequences have as many.
            layout: the layout of the minibatch.
        """
        if delay > _LONGEST or self.left is not None:
            return None
        is_held = layout.last_of_slot >= 0 if layout.shares_slots else None
        frames = np.empty((delay, len(layout.last_of_slot), *shape), dtype)
        self.left = Kept(frames, is_held)
        return frames


def first_frames(initial: np.ndarray, delay: int, layout: Layout) -> np.ndarray:
    """Return what a delay reads at the first frames: zeros where a sequence goes on.

    Args:
        initial: the initial state of each sequence; these stand in the order of packing.
        delay: number of frames.
        layout: the layout of the minibatch.
    """
    repeated = np.broadcast_to(initial, (delay, *initial.shape))
    if not layout.continues:
        return repeated
    found = repeated.copy()
    found[:, ~layout.begins] = 0
    return found


class Continuations:
    """What the delays of one network have kept; runs of it see what the run before kept."""

    def __init__(self) -> None:
        self._kept: dict[object, Kept] = {}

    def passages(self, delays: Iterable) -> list[Passage]:
        """Return how a run passes the delays that it computes, all as one run has left them."""
        kept = self._kept
        return [Passage(kept.get(delay)) for delay in delays]

    def keep(self, delays: Iterable, passages: list[Passage]) -> None:
        """Keep what a run has left; delays that it did not compute keep what they had."""
        left = {d: p.left for d, p in zip(delays, passages) if p.left is not None}
        with _lock:
            self._kept = {**self._kept, **left}

    def follow(self, other: Continuations) -> None:
        """Go on from where another network, or another use of this one, is."""
        self._kept = other._kept

    def copy(self) -> Continuations:
        """Return where the network is now, to come back to with :meth:`follow`."""
        copy = Continuations()
        copy.follow(self)
        return copy
