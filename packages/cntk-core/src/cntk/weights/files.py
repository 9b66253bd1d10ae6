"""Weights in files: the suffix says which kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.storage.weights.npz import open_npz, read_npz, write_npz
from cntk.storage.weights.safetensors import (
    open_safetensors,
    read_safetensors,
    write_safetensors,
)
from cntk.storage.weights.stored import StoredArray
from cntk.weights.names import arrays
from cntk.weights.values import fitting

SUFFIXES = (".safetensors", ".npz")


def save(function: Function, path: str | os.PathLike[str]) -> None:
    """Write the weights of a network to a file, as a whole or not at all.

    Args:
        function: the network.
        path: ends in ``.safetensors`` or ``.npz``.

    Raises:
        ValueError: another suffix, or a parameter whose shape is not known yet.
        OSError: the operating system refuses.
    """
    write(path, arrays(function))


def load(function: Function, path: str | os.PathLike[str], strict: bool = True) -> None:
    """Give the weights of a network the values in a file; nothing changes unless all of them fit.

    Names, types, shapes and sizes are checked, and the sums that a ``.npz`` has, before each array
    is read straight into its weight: beside the network, loading takes hardly any memory.

    Args:
        function: the network.
        path: ends in ``.safetensors`` or ``.npz``.
        strict: see :func:`assign`.

    Raises:
        ValueError: the file is damaged, or its arrays do not fit.
        OSError: the operating system refuses. If it stops in the middle of the values, those
            before are loaded.
    """
    with _opened(path) as stored:
        pairs = fitting(function, stored, strict)
        for _, array in pairs:
            array.check()
        for weight, array in pairs:
            weight.cell.fill(array.into, weight.shape, weight._dtype)


def read(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Return the arrays of a file by name. Files are untrusted: nothing in them is run.

    Args:
        path: ends in ``.safetensors`` or ``.npz``.

    Raises:
        ValueError: another suffix, or a file that is damaged.
        OSError: the operating system refuses.
    """
    return read_npz(path) if _suffix(path) == ".npz" else read_safetensors(path)[0]


def write(path: str | os.PathLike[str], values: dict[str, np.ndarray]) -> None:
    """Write named arrays to a file of weights."""
    if _suffix(path) == ".npz":
        write_npz(path, values)
    else:
        write_safetensors(path, values)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[dict[str, StoredArray]]:
    if _suffix(path) == ".npz":
        with open_npz(path) as stored:
            yield stored
    else:
        with open_safetensors(path) as (stored, _):
            yield stored


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError(
            f"{os.fspath(path)}: weights are kept in files that end in {' or '.join(SUFFIXES)}"
        )
    return suffix
