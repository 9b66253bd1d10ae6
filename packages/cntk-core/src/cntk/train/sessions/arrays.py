"""Arrays as a source of minibatches for Function.train and Function.test."""

from __future__ import annotations

from collections.abc import Sequence

from cntk.errors import ArgumentError
from cntk.sparse import SparseRows, is_csr
from cntk.variables import Variable


class ArraySource:
    """Gives arrays in order, minibatch after minibatch, and begins again at the end.

    Args:
        arguments: the variables that the arrays are for.
        arrays: one array, CSR matrix or list of sequences per variable, equally many samples each.

    Raises:
        TypeError: the numbers of samples differ.
    """

    def __init__(self, arguments: Sequence[Variable], arrays: Sequence) -> None:
        self._arguments = list(arguments)
        self._arrays = [SparseRows.from_csr(a) if is_csr(a) else a for a in arrays]
        counts = {len(array) for array in self._arrays}
        if len(counts) != 1:
            raise TypeError("all data items must have the same first dimension")
        self._count, self._position = counts.pop(), 0
        self._passes: int | None = None
        self._passed = 0
        if self._count == 0:
            raise ArgumentError("there are no samples in the data")
        self._lengths = self._frames()
        self.num_samples = self._count

    def _frames(self) -> list[int] | None:
        """Return how many frames each sequence counts for; None for plain samples."""
        sequences = [
            array
            for argument, array in zip(self._arguments, self._arrays)
            if len(argument.dynamic_axes) > 1 and not isinstance(array, SparseRows)
        ]
        if not sequences:
            return None
        return [max(_length(array[i]) for array in sequences) for i in range(self._count)]

    @property
    def at_end(self) -> bool:
        """Whether the last minibatch ended the data."""
        return self._position == 0

    def get_checkpoint_state(self) -> dict:
        """Return the position in the data."""
        return {"position": self._position, "passes": self._passed}

    def restore_from_checkpoint(self, state: dict) -> None:
        """Continue from a position.

        Raises:
            ValueError: it does not lie in these data.
        """
        position, passed = state.get("position", -1), state.get("passes", -1)
        if not 0 <= position < self._count or passed < 0:
            raise ArgumentError(
                f"the position {position!r} is not one of the {self._count} samples of these data"
            )
        self._position, self._passed = position, passed

    def end_after(self, passes: int) -> None:
        """Give the data that often and no more."""
        self._passes = passes

    def is_infinite(self) -> bool:
        """Return whether the data are given again and again."""
        return self._passes is None

    def next_minibatch(self, size: int) -> dict:
        """Return {variable: data} of at most ``size`` samples, or frames; ``{}`` at the end.

        Raises:
            ValueError: a sequence is longer than ``size``, or ``size`` is not positive.
        """
        if size < 1:
            raise ArgumentError(f"a minibatch has 1 sample or more, not {size}")
        if self._passed == self._passes:
            return {}
        start = self._position
        stop = self._stop(start, size)
        self._position = 0 if stop == self._count else stop
        self._passed += self._position == 0
        return {
            argument: _Part(array[start:stop], self._position == 0)
            for argument, array in zip(self._arguments, self._arrays)
        }

    def _stop(self, start: int, size: int) -> int:
        if self._lengths is None:
            return min(start + size, self._count)
        stop, frames = start, 0
        while stop < self._count and frames + self._lengths[stop] <= size:
            frames += self._lengths[stop]
            stop += 1
        if stop == start:
            raise ArgumentError(
                f"The number of sequences must be > 0: sequence {start} has "
                f"{self._lengths[start]} frames, more than the minibatch size {size}; "
                "choose minibatch_size >= the longest sequence"
            )
        return stop


def _length(sequence) -> int:
    return sequence.shape[0] if hasattr(sequence, "shape") else len(sequence)


class _Part:
    """Data of one minibatch, with the mark that it ends a sweep."""

    num_samples = 0

    def __init__(self, data, sweep_end: bool) -> None:
        self.value, self.sweep_end = data, sweep_end
