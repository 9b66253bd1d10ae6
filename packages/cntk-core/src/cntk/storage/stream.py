"""The bytes of a file: each is read once, in order, and never one past the end of what it is in."""

from __future__ import annotations

import zlib
from typing import BinaryIO, NoReturn

from cntk.storage.errors import DamagedFileError

WINDOW = 2**16  # bytes that are read ahead of small values
# Large values are read, and summed up while they are in the processor's cache, this many at a time.
BLOCK = 2**20

DAMAGED = "the file is damaged or incomplete: copy or save it again"


class ByteReader:
    """A cursor over the bytes of one file.

    Args:
        stream: seekable, at the start of the file; unbuffered, for each byte is asked for once.
        size: of the file, in bytes.
        file: its name, for errors.
    """

    def __init__(self, stream: BinaryIO, size: int, file: str) -> None:
        self.size = size
        self.file = file
        self.position = 0
        self.end = size
        self._stream = stream
        self._window = b""
        self._window_start = 0
        self._summed_to: int | None = None
        self._checksum = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes; only for what is small or already charged."""
        start = self.position
        if count > self.end - start:
            self.fail("the message ends too early")
        self.position = start + count
        start -= self._window_start
        if start + count > len(self._window):
            return self._take_beyond(start, count)
        return self._window[start : start + count]

    def next_byte(self) -> int:
        """Return the next byte as a number."""
        position = self.position
        at = position - self._window_start
        if position < self.end and at < len(self._window):
            self.position = position + 1
            return self._window[at]
        return self.take(1)[0]

    def into(self, buffer: memoryview) -> None:
        """Fill a buffer of bytes with the next ones of the file."""
        count = len(buffer)
        if count > self.end - self.position:
            self.fail("the message ends too early")
        start = self.position - self._window_start
        ready = self._window[start : start + count]
        buffer[: len(ready)] = ready
        self.position += len(ready)
        if len(ready) < count:
            self._leave_window()
            self._fill(buffer[len(ready) :])
            self._window_start = self.position

    def skip(self, count: int) -> None:
        """Go past bytes that nobody needs."""
        if count > self.end - self.position:
            self.fail("the message ends too early")
        if self.position + count <= self._window_start + len(self._window):
            self.position += count
        else:
            self._go_to(self.position + count)

    def restart(self) -> None:
        """Go back to the start of the file."""
        self._go_to(0)
        self.end = self.size

    def leave_out_of_sum(self, count: int) -> bytes:
        """Return the next bytes; the checksum is from now on that of all others, from the first on.

        Args:
            count: bytes; they lie near the start of the file.
        """
        start = self.position
        if self._window_start or self._summed_to is not None:
            self.fail("the checksum of the file is not at its start")
        left_out = self.take(count)
        if self._window_start:
            self.fail("the checksum of the file is not at its start", offset=start)
        self._checksum, self._summed_to = zlib.crc32(self._window[:start]), self.position
        return left_out

    def checksum(self) -> int:
        """Return the CRC-32 of all bytes up to here but those that were left out."""
        self._sum_window(self.position)
        return self._checksum

    def _take_beyond(self, start: int, count: int) -> bytes:
        """Return bytes that the window ends before; the position is behind them already."""
        taken = self._window[start:]
        self.position -= count - len(taken)
        self._leave_window()
        missing = count - len(taken)
        if missing >= WINDOW:
            rest = bytearray(missing)
            self._fill(memoryview(rest))
            self._window_start = self.position
            return taken + rest
        self._window_start, self._window = self.position, self._stream.read(WINDOW)
        while len(self._window) < missing:
            more = self._stream.read(WINDOW)
            if not more:
                self._fail_short()
            self._window += more
        self.position += missing
        return taken + self._window[:missing]

    def _leave_window(self) -> None:
        """Let the window go, which has been read to its end."""
        self._sum_window(self._window_start + len(self._window))
        self._window, self._window_start = b"", self.position

    def _sum_window(self, end: int) -> None:
        if self._summed_to is not None and end > self._summed_to:
            start = self._summed_to - self._window_start
            self._checksum = zlib.crc32(
                memoryview(self._window)[start : end - self._window_start], self._checksum
            )
            self._summed_to = end

    def _fill(self, target: memoryview) -> None:
        """Read into a buffer from the stream itself."""
        while target:
            count = self._stream.readinto(target[:BLOCK])  # type: ignore[attr-defined]
            if not count:
                self._fail_short()
            self.position += count
            if self._summed_to is not None:
                self._checksum = zlib.crc32(target[:count], self._checksum)
                self._summed_to = self.position
            target = target[count:]

    def _go_to(self, position: int) -> None:
        self._stream.seek(position)
        self._window, self._window_start, self._summed_to = b"", position, None
        self.position = position

    def _fail_short(self) -> NoReturn:
        self.fail("the file became shorter while it was read")

    def fail(
        self,
        what: str,
        *,
        offset: int | None = None,
        expected: object = None,
        actual: object = None,
    ) -> NoReturn:
        """Raise the error that the file is damaged here."""
        raise DamagedFileError(
            what,
            file=self.file,
            offset=self.position if offset is None else offset,
            where=self.where(),
            expected=expected,
            actual=actual,
            hint=DAMAGED,
        )

    def where(self) -> str:
        """Return the place in terms of the content, if there is one."""
        return ""
