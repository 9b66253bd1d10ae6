"""Replacing a file as a whole: readers find the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LONGEST_WAIT = 10.0  # seconds; names change within a few milliseconds

AnyPath = str | os.PathLike[str]


@contextlib.contextmanager
def replace_file(path: AnyPath) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of ``path`` when the block ends well.

    The folder is made if it is missing. The bytes are on the disk before the name changes, and so
    is the name when this returns. When the block raises, the old file stays. What a killed process
    left behind beside ``path`` is removed. A device or a pipe has nothing to replace and is
    written directly.

    Raises:
        OSError: the folder cannot be made, the disk is full, ...

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "model"
    >>> with replace_file(path) as file:
    ...     _ = file.write(b"new")
    >>> path.read_bytes()
    b'new'
    """
    mode = mode_of(path)
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as device:
            yield device
        return
    with staged_file(path) as new:
        yield new.stream
        new.finish()
        new.place()


class StagedFile:
    """A new file beside the one whose place it may take.

    Args:
        path: the path to take over; links are followed.
        like: the file whose rights it gets; default: that at ``path``.

    Raises:
        OSError: the folder cannot be made or written to.
    """

    def __init__(self, path: AnyPath, like: AnyPath | None = None) -> None:
        self._target = Path(os.path.realpath(path))
        self._mode = mode_of(like or self._target)
        self._target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(self._target)
        self.stream = _create_beside(self._target)

    def finish(self) -> None:
        """Bring all bytes to the disk, with the rights of the old file."""
        self.stream.flush()
        if self._mode is not None and os.name == "posix":
            os.fchmod(self.stream.fileno(), stat.S_IMODE(self._mode))
        os.fsync(self.stream.fileno())

    def place(self) -> None:
        """Take the place of the old file, on the disk too; the file is finished."""
        if os.name == "posix":
            # While the lock is still held: nobody takes it for abandoned.
            os.replace(self.stream.name, self._target)
            self.stream.close()
        else:
            self.stream.close()
            os.replace(self.stream.name, self._target)
        sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove the file, unless it has taken its place."""
        with contextlib.suppress(OSError):
            self.stream.close()
        with contextlib.suppress(OSError):
            os.unlink(self.stream.name)


@contextlib.contextmanager
def staged_file(path: AnyPath, like: AnyPath | None = None) -> Iterator[StagedFile]:
    """Give a :class:`StagedFile`, which is removed if the block raises."""
    new = StagedFile(path, like)
    try:
        yield new
    except BaseException:
        new.discard()
        raise


def mode_of(path: AnyPath) -> int | None:
    """Return the kind and the rights of a file; None if there is none."""
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def locked_folder(folder: AnyPath) -> Iterator[None]:
    """Let other threads and processes wait here, where folders can be locked.

    Raises:
        TimeoutError: one of them stays there, stopped perhaps.
    """
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LONGEST_WAIT
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                raise TimeoutError("another process that is saving here does not get on")
            time.sleep(0.001)
        yield
    finally:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    """Return False if somebody else has the lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # there are no locks here
    return True


def _create_beside(target: Path) -> BinaryIO:
    """Return a new locked file in the same folder."""
    while True:
        path = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
        file = open(path, "xb")
        try:
            if fcntl is None:
                return file
            # Where folders cannot be locked, abandoned files cannot be told and stay.
            with contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
            # Between open and lock somebody may have taken the file for abandoned.
            if path.exists():
                return file
            file.close()
        except BaseException:
            file.close()
            os.unlink(path)
            raise


def _remove_abandoned(target: Path) -> None:
    """Remove the temporary files of this target that no living process holds a lock on."""
    if fcntl is None:
        return
    pattern = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.tmp")
    with os.scandir(target.parent) as entries:
        names = [entry.name for entry in entries if pattern.fullmatch(entry.name)]
    for name in names:
        with contextlib.suppress(OSError), open(target.parent / name, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(target.parent / name)


def sync_folder(folder: AnyPath) -> None:
    """Write the folder's names to the disk, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
