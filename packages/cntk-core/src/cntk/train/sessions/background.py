"""Work in the background: one piece at a time, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Does a piece of work while the caller goes on.

    An interpreter that ends waits for the work that was begun.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Begin the work; when the one before is done, and was done well."""
        self.wait()
        self._thread = threading.Thread(target=self._run, args=(work,), name="cntk background")
        self._thread.start()

    def wait(self) -> None:
        """Wait for the end of the work, and raise the error that it ended with."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._error = error
