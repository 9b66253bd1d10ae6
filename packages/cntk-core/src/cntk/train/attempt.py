"""A minibatch on trial: it counts when it is complete, or leaves no trace."""

from __future__ import annotations

from cntk.continuation import Continuations
from cntk.execution.offsets import Draw, take_back


class Attempt:
    """What a minibatch draws, and keeps of its sequences, until it is known to count.

    Ctrl-C may come at any line; what is noted here is noted before it is done.

    Args:
        continuations: what is kept of sequences that go on.
    """

    def __init__(self, continuations: Continuations) -> None:
        self.drawn: list[Draw] = []
        self._continuations, self._before = continuations, continuations.copy()
        self._counts = False

    def complete(self) -> None:
        """Let it count."""
        self._counts = True

    def end(self) -> None:
        """Take back what it has drawn and kept, unless it counts."""
        if not self._counts:
            take_back(self.drawn)
            self._continuations.follow(self._before)
