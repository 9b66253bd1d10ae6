"""Weights in files: the suffix says which kind."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.storage.weights.npz import read_npz, write_npz
from cntk.storage.weights.safetensors import read_safetensors, write_safetensors
from cntk.weights.names import arrays
from cntk.weights.values import assign

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

    Args:
        function: the network.
        path: ends in ``.safetensors`` or ``.npz``.
        strict: see :func:`assign`.

    Raises:
        ValueError: the file is damaged, or its arrays do not fit.
    """
    assign(function, read(path), strict)


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


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError(
            f"{os.fspath(path)}: weights are kept in files that end in {' or '.join(SUFFIXES)}"
        )
    return suffix
