"""The C part of this package, and oneDNN: found, loaded, and asked for what they have."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any


class Missing(Exception):
    """A library is not there; the text says why."""


@contextmanager
def _patience() -> Iterator[None]:
    """Let the OpenMP runtime that loads here wait by spinning for some 20 microseconds only.

    Its default is milliseconds: where other programs need the cores too, threads then spin while
    the one that they wait for is not running.
    """
    if {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & set(os.environ):
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = "10000"
    try:
        yield
    finally:
        del os.environ["GOMP_SPINCOUNT"]


@cache
def _loaded() -> Any:
    try:
        with _patience():
            module = import_module("cntk.native._kernels")
    except ImportError as error:
        return error
    module.lib.set_threads(os.cpu_count() or 1)
    return module


def available() -> bool:
    """Return whether the C part was built and loads."""
    return not isinstance(_loaded(), ImportError)


def ffi() -> Any:
    """Return cffi's view of the C part."""
    return _loaded().ffi


def lib() -> Any:
    """Return the functions of the C part."""
    return _loaded().lib


@cache
def kernel(name: str) -> Any:
    """Return the address of a kernel.

    Raises:
        KeyError: the C part has none of that name.
    """
    found = lib().find_kernel(name.encode())
    if not found:
        raise KeyError(name)
    return found


@cache
def operations() -> dict[str, int]:
    """Return {name: number} of the operations that chains can compute."""
    found: dict[str, int] = {}
    while name := lib().operation_name(len(found)):
        found[ffi().string(name).decode()] = len(found)
    return found


@cache
def onednn() -> Any:
    """Return oneDNN as a ctypes library; None where there is none."""
    for path in _candidates():
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            continue
    return None


def _candidates() -> list[Path | str]:
    """Return where oneDNN may lie: CNTK_ONEDNN, the wheel's files, the system's libraries."""
    chosen = os.environ.get("CNTK_ONEDNN")
    if chosen:
        return [chosen]
    found: list[Path | str] = []
    for name in ("onednn-cpu-gomp", "onednn"):
        try:
            files = metadata.files(name) or ()
        except metadata.PackageNotFoundError:
            continue
        found += [Path(str(f.locate())) for f in files if f.name == "libdnnl.so.3"]
    return [*found, "libdnnl.so.3"]
