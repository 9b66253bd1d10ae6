"""Data files: opened, read in parts, and watched for changes between the parts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cntk.io.problems import data_error

Stamp = tuple[int, int]
"""Size and time of change of a file."""


def open_data(path: str | Path) -> BinaryIO:
    """Return an open data file.

    Raises:
        RuntimeError: the system refuses; the text says why, and where relative names start.
    """
    try:
        return open(path, "rb")
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        number = getattr(error, "errno", None)
        raise data_error(
            f"Input file '{path}' is not open.",
            f"system    {cause}" + (f" (errno {number})" if number else ""),
            f"folder    {os.getcwd()}",
            hint="relative names are looked up in the folder above",
        ) from error


def stamp_of(file: BinaryIO) -> Stamp:
    """Return size and time of change of an open file."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def read_into(path: str | Path, stamp: Stamp, offset: int, body: np.ndarray) -> None:
    """Fill an array of bytes from a file that must be the one that was looked at before.

    Files are read, never mapped: a mapped file that somebody makes shorter ends the process.

    Args:
        path: the file.
        stamp: its size and time of change then.
        offset: first byte.
        body: array of uint8.

    Raises:
        RuntimeError: the file was changed or cannot be read.
    """
    with open_data(path) as file:
        is_same = stamp_of(file) == stamp
        if is_same:
            file.seek(offset)
            is_same = file.readinto(body) == len(body) and stamp_of(file) == stamp  # type: ignore[attr-defined]
    if not is_same:
        raise data_error(
            f"Input file '{path}' was changed while it is being read.",
            f"expected  {stamp[0]} bytes, as when the MinibatchSource was made",
            hint="make a new MinibatchSource, and write data files under another name first",
        )
