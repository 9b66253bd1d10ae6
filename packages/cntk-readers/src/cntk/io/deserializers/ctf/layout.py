"""What a CTF file is expected to hold: its inputs, by alias."""

from __future__ import annotations

from dataclasses import dataclass

FLOAT32_OVERFLOW = (2 - 2**-24) * 2.0**127  # from here on float32 rounds to infinity


@dataclass(frozen=True)
class Input:
    """One input that is read from each line.

    Attributes:
        name: the stream's name.
        alias: what follows the pipe in the file.
        dim: number of values of a sample.
        is_sparse: whether values are written ``index:value``.
    """

    name: str
    alias: bytes
    dim: int
    is_sparse: bool
