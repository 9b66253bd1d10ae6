"""SIGTERM: the request to end soon, which training follows when it has saved its state."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class Termination:
    """Notes SIGTERM while training runs, and gives way to whoever handled it before.

    >>> termination = Termination()
    >>> with termination.noted():
    ...     termination.is_requested
    False
    """

    def __init__(self) -> None:
        self.is_requested = False
        self._before: Any = None

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        """Note the signal in a block; then the handler of before is back.

        Nothing happens outside the main thread, where Python takes no handlers, and where the
        signal is ignored. A signal that the block has not followed goes to that handler.
        """
        self.is_requested = False
        self._before = before = signal.getsignal(signal.SIGTERM)
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or before in (None, signal.SIG_IGN):
            yield
            return
        signal.signal(signal.SIGTERM, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
            if self.is_requested:
                signal.raise_signal(signal.SIGTERM)

    def follow(self) -> None:
        """Do what was asked for: leave, or what a handler of the user's own does.

        Raises:
            SystemExit: with the status of a process that ended by SIGTERM.
        """
        self.is_requested = False
        if callable(self._before):
            self._before(int(signal.SIGTERM), None)
        else:
            raise SystemExit(128 + signal.SIGTERM)

    def _note(self, number, frame) -> None:
        self.is_requested = True
