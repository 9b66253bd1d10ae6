"""The C part of this package: loaded, and asked for what it has; and oneDNN."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

from cntk.execution.threads import one_thread
from cntk.native import discovery

_THREADS = ("omp_get_max_threads", "omp_set_num_threads")


@contextmanager
def _patience() -> Iterator[None]:
    """Let the OpenMP runtime that loads here wait by spinning for some 15 microseconds only.

    That is longer than one launch of a segment takes to follow another. Its default is
    milliseconds: where other programs need the cores too, threads then spin while the one that they
    wait for is not running. A step of a small recurrent network has hundreds of such waits; with
    ten times as many spins it took three times as long on a busy machine.
    """
    if {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & set(os.environ):
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = "1000"
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
    one_thread.follow(
        lambda: module.lib.set_threads(one_thread.count, one_thread.count_of_products)
    )
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_alone)
    return module


def _alone() -> None:
    """Use one thread: a forked process has none of those that OpenMP would wait for."""
    one_thread.count = 1


def available() -> bool:
    """Return whether the C part was built and loads."""
    return not isinstance(_loaded(), ImportError)


def reason() -> str | None:
    """Return why the C part is not there; None where it is."""
    loaded = _loaded()
    return str(loaded) if isinstance(loaded, ImportError) else None


def instructions() -> str:
    """Return the vector instructions that this machine's kernels use, e.g. ``AVX2``."""
    return ffi().string(lib().instructions()).decode()


def ffi() -> Any:
    """Return cffi's view of the C part."""
    return _loaded().ffi


def lib() -> Any:
    """Return the functions of the C part."""
    return _loaded().lib


@contextmanager
def lent_threads() -> Iterator[None]:
    """Let oneDNN make objects for as many threads as it will have when it executes them."""
    before = lib().lend_threads()
    try:
        yield
    finally:
        lib().take_threads(before)


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
def shared_kernel(name: str) -> Any:
    """Return the address of the form of a kernel that threads share; NULL where it has none."""
    return lib().find_shared_kernel(name.encode())


@cache
def operations() -> dict[str, int]:
    """Return {name: number} of the operations that chains can compute."""
    found: dict[str, int] = {}
    while name := lib().operation_name(len(found)):
        found[ffi().string(name).decode()] = len(found)
    return found


@cache
def onednn() -> Any:
    """Return oneDNN as a ctypes library; None where there is none.

    Threads are lent to it through the OpenMP runtime that it was linked with. Compilers have
    runtimes of their own: that of clang's is not the one of a oneDNN that GCC made.
    """
    library = discovery.found().library
    if available() and library is not None and all(hasattr(library, name) for name in _THREADS):
        functions = [getattr(library, name) for name in _THREADS]
        addresses = [ctypes.cast(function, ctypes.c_void_p).value for function in functions]
        lib().set_openmp(*(ffi().cast("void *", address) for address in addresses))
    return library
