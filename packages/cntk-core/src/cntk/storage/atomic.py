"""Replacing a file as a whole: readers find the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def replace_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
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
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as device:
            yield device
        return
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target)
    file = _create_beside(target)
    try:
        with file:
            yield file
            file.flush()
            if mode is not None and os.name == "posix":
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
            os.fsync(file.fileno())
            if os.name == "posix":
                # While the lock is still held: nobody takes it for abandoned.
                os.replace(file.name, target)
        if os.name != "posix":
            os.replace(file.name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file.name)
        raise
    _sync_folder(target.parent)


def _create_beside(target: Path) -> BinaryIO:
    """Return a new locked file in the same folder."""
    while True:
        path = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
        file = open(path, "xb")
        if fcntl is None:
            return file
        # Where folders cannot be locked, abandoned files cannot be told and stay.
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        # Between open and lock somebody may have taken the file for abandoned.
        if path.exists():
            return file
        file.close()


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


def _sync_folder(folder: Path) -> None:
    """Write the folder's names to the disk, where folders can be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
