"""Telling progress writers the learning rate and momentum, when they change."""

from __future__ import annotations

from collections.abc import Iterable

from cntk.logging.progress_writer import ProgressWriter


class ValueReport:
    """Remembers the value that writers know; a learner has one for each schedule it tells of.

    Args:
        name: ``Learning rate`` or ``Momentum``.

    >>> class Keys(ProgressWriter):
    ...     def write(self, key, value):
    ...         print(f'{key}: {value}')
    >>> report = ValueReport('Learning rate')
    >>> for rate in (0.1, 0.1, 0.2):
    ...     report.tell([Keys()], rate, minibatch_size=0)
    Learning rate per minibatch: 0.1
    Learning rate per minibatch: 0.2
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: float | None = None

    def tell(self, writers: Iterable[ProgressWriter], value: float, minibatch_size: int) -> None:
        """Write the value if it is another one than last time.

        Args:
            writers: who to tell.
            value: as the user's schedule states it.
            minibatch_size: samples it is meant for; 0: the minibatch whatever its size.
        """
        if value == self._known:
            return
        self._known = value
        unit = f"{minibatch_size} samples" if minibatch_size else "minibatch"
        for writer in writers:
            writer.write(f"{self._name} per {unit}", value)
