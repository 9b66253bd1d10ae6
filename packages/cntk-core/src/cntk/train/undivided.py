"""Blocks that Ctrl-C does not cut in two, such as the update of all parameters."""

from __future__ import annotations

import signal

# Those of the module `signal` make enums of numbers and handlers, which takes ten times as long.
from _signal import getsignal  # type: ignore[import-not-found]
from _signal import signal as set_handler

_SIGINT = int(signal.SIGINT)


class Undivided:
    """A block that Ctrl-C ends after, not within.

    Python calls handlers of signals in the main thread, between any two instructions; other threads
    are not interrupted.

    >>> with Undivided():
    ...     one, other = 1, 2  # whoever is interrupted has both, or none
    """

    __slots__ = ("_before", "_noted")

    def __enter__(self) -> None:
        self._noted: tuple | None = None
        self._before = before = getsignal(_SIGINT)
        if not callable(before):
            self._before = None
            return
        try:
            set_handler(_SIGINT, self._note)
        except ValueError:  # this is not the main thread
            self._before = None

    def __exit__(self, *error) -> None:
        if self._before is None:
            return
        set_handler(_SIGINT, self._before)
        if self._noted is not None:
            self._before(*self._noted)

    def _note(self, *signal_and_frame) -> None:
        self._noted = signal_and_frame
