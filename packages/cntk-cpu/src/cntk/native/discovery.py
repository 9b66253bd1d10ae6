"""Where oneDNN is on this machine, and why not where it was looked for."""

from __future__ import annotations

import ctypes
import os
import warnings
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

_MAJOR = 3  # the interface that we speak
_NEEDED = ("dnnl_sgemm", "dnnl_primitive_execute", "dnnl_memory_set_data_handle")


class _Version(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("major", "minor", "patch")]


class Found(NamedTuple):
    """oneDNN: the library (None: there is none), its version, its path, and what did not serve."""

    library: ctypes.CDLL | None
    version: str
    path: str
    failures: list[str]


@cache
def found() -> Found:
    """Return oneDNN.

    One that CNTK_ONEDNN names is the only one that is tried; where it does not serve, a warning
    says so and NumPy computes.
    """
    failures: list[str] = []
    for path in _candidates():
        try:
            library = ctypes.CDLL(path)
            return Found(library, _version(library), path, failures)
        except (OSError, AttributeError) as error:
            failures.append(f"{path}: {error}")
    if os.environ.get("CNTK_ONEDNN"):
        warnings.warn(
            f"CNTK_ONEDNN names a library that does not serve: {failures[0]}. NumPy computes what "
            "oneDNN would",
            RuntimeWarning,
            stacklevel=2,
        )
    return Found(None, "", "", failures)


def _version(library: ctypes.CDLL) -> str:
    """Return a library's version.

    Raises:
        AttributeError: it is not oneDNN.
        OSError: it is oneDNN with another interface.
    """
    for name in _NEEDED:
        getattr(library, name)
    ask = library.dnnl_version
    ask.restype = ctypes.POINTER(_Version)
    version = ask().contents
    text = f"{version.major}.{version.minor}.{version.patch}"
    if version.major != _MAJOR:
        raise OSError(f"this is oneDNN {text}, and {_MAJOR}.x is needed")
    return text


def _candidates() -> list[str]:
    """Return where oneDNN may lie: CNTK_ONEDNN, the wheel's files, the system's libraries."""
    chosen = os.environ.get("CNTK_ONEDNN")
    if chosen:
        return [chosen]
    paths: list[str] = []
    for name in ("onednn-cpu-gomp", "onednn"):
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:
            continue
        located = (Path(str(f.locate())) for f in files if f.name == f"libdnnl.so.{_MAJOR}")
        paths += [str(path.resolve()) for path in located]
    return [*paths, f"libdnnl.so.{_MAJOR}"]
