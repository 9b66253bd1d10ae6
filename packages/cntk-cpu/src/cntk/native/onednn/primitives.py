"""Primitives of oneDNN for convolution and reordering; equal ones are made once."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import NamedTuple

from cntk.native.onednn.interface import (
    CONVOLUTION_DIRECT,
    FORWARD_TRAINING,
    Owned,
    dense,
    engine,
    free_order,
    make,
    numbers,
    options,
)

_KEPT = 512  # primitives


class Convolution(NamedTuple):
    """Sizes of a convolution with all axes that oneDNN asks for.

    ``source``, ``target``: shapes (rows, channels, *spatial); ``weights``: shape (filters, channels
    per group, *window), with groups in front where there are several; the rest: one number per
    spatial axis; ``channels_last``: of source and of target.
    """

    source: tuple[int, ...]
    weights: tuple[int, ...]
    target: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]
    channels_last: tuple[bool, bool]


@lru_cache(_KEPT)
def forward(sizes: Convolution) -> Owned:
    """Return the description of a convolution."""
    source, target = _data(sizes)
    return make("convolution_forward_primitive_desc_create", "primitive_desc", engine(),
                ctypes.c_int(FORWARD_TRAINING), ctypes.c_int(CONVOLUTION_DIRECT), source,
                free_order(sizes.weights), None, target, *_geometry(sizes),
                options())  # fmt: skip


@lru_cache(_KEPT)
def data_gradient(sizes: Convolution) -> Owned:
    """Return the description of a convolution's gradient to its source."""
    source, target = _data(sizes)
    return make("convolution_backward_data_primitive_desc_create", "primitive_desc", engine(),
                ctypes.c_int(CONVOLUTION_DIRECT), source,
                free_order(sizes.weights), target, *_geometry(sizes),
                forward(sizes), options())  # fmt: skip


@lru_cache(_KEPT)
def weights_gradient(sizes: Convolution) -> Owned:
    """Return the description of a convolution's gradient to its weights."""
    source, target = _data(sizes)
    return make("convolution_backward_weights_primitive_desc_create", "primitive_desc", engine(),
                ctypes.c_int(CONVOLUTION_DIRECT), source,
                free_order(sizes.weights), None, target, *_geometry(sizes),
                forward(sizes), options())  # fmt: skip


def _data(sizes: Convolution) -> tuple[Owned, Owned]:
    return (dense(sizes.source, sizes.channels_last[0]),
            dense(sizes.target, sizes.channels_last[1]))  # fmt: skip


def _geometry(sizes: Convolution) -> list[ctypes.Array]:
    between = [n - 1 for n in sizes.dilation]
    return [numbers(x) for x in (sizes.strides, between, sizes.lower, sizes.upper)]
