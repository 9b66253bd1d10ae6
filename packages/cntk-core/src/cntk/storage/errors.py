"""What can be wrong with a model or checkpoint file."""

from __future__ import annotations

import os
from typing import Any

from cntk.errors import CNTKError, describe


class ModelFileError(CNTKError, ValueError, RuntimeError):
    """A model or checkpoint file that cannot be read or written.

    CNTK 2.7 raised ValueError for some of these and RuntimeError for the rest, so scripts that
    catch either keep working.

    Args:
        what: what is wrong, without a full stop.
        file: the path, or a word for a byte buffer.
        offset: where in the file, in bytes from its start.
        where: where in the dictionary, for example ``inputs[3].value``.
        expected: what would have been right.
        actual: what was found.
        hint: a way out for the user.

    >>> print(ModelFileError("no values", file="a.model", offset=8, hint="save it again"))
    a.model, byte 8: no values
      try: save it again
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        offset: int | None = None,
        where: str | None = None,
        expected: object = None,
        actual: object = None,
        hint: str | None = None,
    ) -> None:
        place = [] if file is None else [file]
        if offset is not None:
            place.append(f"byte {offset}")
        if where:
            place.append(f"in {where}")
        details = []
        if expected is not None:
            details.append(f"expected {expected}")
        if actual is not None:
            details.append(f"actual   {actual}")
        first = f"{', '.join(place)}: {what}" if place else what
        super().__init__(describe(first, *details, hint=hint))
        self._what = what
        self._rest: dict[str, Any] = {"expected": expected, "actual": actual, "hint": hint}
        self.file = file
        self.offset = offset
        self.where = where

    def located(self, *, file: str | None = None, offset: int | None = None) -> ModelFileError:
        """Return the same error with file and offset, where it was found without."""
        return type(self)(
            self._what,
            file=file if self.file is None else self.file,
            offset=offset if self.offset is None else self.offset,
            where=self.where,
            **self._rest,
        )


class ForeignFileError(ModelFileError):
    """The file is whole, for all we know, but it is no CNTK v2 model or checkpoint."""


class DamagedFileError(ModelFileError):
    """The file began as a CNTK v2 file and is cut short, altered, or was never valid."""


class ModelFileAccessError(ModelFileError, OSError):
    """The operating system refused to open, read or write the file; ``errno`` says why."""

    def __str__(self) -> str:
        # OSError would show errno and file name alone.
        return str(self.args[0])

    @classmethod
    def wrap(cls, error: OSError, file: str, what: str) -> ModelFileAccessError:
        """Return the error of the operating system as one about a model file."""
        hint = None
        if isinstance(error, FileNotFoundError) and not os.path.isabs(file):
            hint = f"relative names are looked up in {os.getcwd()}"
        wrapped = cls(what, file=file, actual=error.strerror or str(error), hint=hint)
        wrapped.errno = error.errno
        wrapped.strerror = error.strerror
        wrapped.filename = file
        return wrapped
