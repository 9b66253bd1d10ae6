"""Formats of model files by name: CNTK's own, and those that other packages bring."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cntk.errors import UnsupportedError
from cntk.upward import module

Path = str | os.PathLike[str]


@dataclass(frozen=True)
class FileFormat:
    """One format of model files, for :func:`cntk.hookspecs.cntk_file_formats`.

    Args:
        name: as in ``C.ModelFormat``, e.g. ``ONNX``.
        suffixes: of its files, e.g. ``(".onnx",)``; ``python -m cntk convert`` goes by them.
        load: function of a path, or of the bytes of a file, that returns a Function.
        save: function of (Function, path).
    """

    name: str
    suffixes: tuple[str, ...]
    load: Callable[[Any], Any]
    save: Callable[[Any, Path], None]


def format_named(name: str) -> FileFormat:
    """Return a format that an installed package brings.

    Raises:
        RuntimeError: there is none of that name.
    """
    known = module("cntk.plugins").file_formats()
    if name not in known:
        raise UnsupportedError(
            f"files of the format {name} are read and written by another package: "
            f"pip install cntk-{name.lower()}"
        )
    return known[name][0]


def format_of(path: Path) -> FileFormat | None:
    """Return the format whose files have the suffix of a path; None if nobody brings one."""
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    known = [found for found, _ in module("cntk.plugins").file_formats().values()]
    return next((found for found in known if suffix in found.suffixes), None)
