"""Opening a file to read it: a regular one, unbuffered, with errors that name it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from cntk.counts import with_prefix
from cntk.errors import OutOfMemoryError, describe
from cntk.memory import free_memory, wanted_memory
from cntk.storage.errors import ForeignFileError, ModelFileAccessError, ModelFileError


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[tuple[BinaryIO, int, str]]:
    """Give the stream, the size and the name of a file.

    Raises:
        ModelFileError: it cannot be opened or read, or is no regular file.
        MemoryError: there is too little memory for its arrays.
    """
    file = os.fspath(path)
    try:
        # Before it is opened: a pipe would wait for a writer, a device may never end.
        if not stat.S_ISREG(os.stat(file).st_mode):
            raise ForeignFileError("this is no regular file", file=file)
        with open(file, "rb", buffering=0) as stream:
            yield stream, os.fstat(stream.fileno()).st_size, file
    except ModelFileError:
        raise
    except MemoryError as error:
        raise _exhausted(error, file) from None
    except OSError as error:
        raise ModelFileAccessError.wrap(error, file, "the file cannot be read") from error


def _exhausted(error: MemoryError, file: str) -> OutOfMemoryError:
    size = f"file      {with_prefix(os.stat(file).st_size, 'B')}"
    what = f"{file}: there is no memory for the arrays of this file"
    return OutOfMemoryError(describe(what, *wanted_memory(error), *free_memory(), size))
