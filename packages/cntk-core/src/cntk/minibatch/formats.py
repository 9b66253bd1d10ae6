"""Formats of data files by suffix, as ``python -m cntk convert`` needs them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cntk.upward import module


@dataclass(frozen=True)
class DataFormat:
    """One format of data files, for :func:`cntk.hookspecs.cntk_data_formats`.

    Args:
        name: e.g. ``CTF``.
        suffixes: of its files, e.g. ``(".ctf",)``.
        read: function of (path, streams) that returns a deserializer; streams are texts from the
            command line, for formats whose files do not say what they hold.
        write: function of (path, deserializer) that returns the number of sequences written.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[str, list[str]], Any]
    write: Callable[[str, Any], int]


def data_format_of(path: str) -> DataFormat | None:
    """Return the format whose files have the suffix of a path; None if nobody brings one."""
    suffix = os.path.splitext(path)[1].lower()
    known = [found for found, _ in module("cntk.plugins").data_formats().values()]
    return next((found for found in known if suffix in found.suffixes), None)
