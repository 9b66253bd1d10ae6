"""Primitives of oneDNN for convolution and reordering; those of equal sizes are described once."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import NamedTuple

import numpy as np

from cntk.execution.threads import one_thread
from cntk.native.library import lent_threads
from cntk.native.onednn.interface import (
    CONVOLUTION_DIRECT,
    FORWARD_TRAINING,
    SCRATCHPAD,
    Owned,
    argument_descriptor,
    call,
    dense,
    engine,
    free_order,
    implementation,
    make,
    next_implementation,
    numbers,
    options,
    size,
    stream,
)
from cntk.native.onednn.posts import Post, attribute

_KEPT = 512  # descriptions
_GATHERS, _LANES = "jit_1x1:avx512_core", 16
Descriptor = Owned | ctypes.c_void_p


class Convolution(NamedTuple):
    """Sizes of a convolution with all axes that oneDNN asks for; data have their channels last.

    ``source``, ``target``: shapes (rows, channels, *spatial); ``weights``: shape (filters, channels
    per group, *window), with groups in front where there are several; the rest: one number per
    spatial axis.
    """

    source: tuple[int, ...]
    weights: tuple[int, ...]
    target: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    lower: tuple[int, ...]
    upper: tuple[int, ...]


def _described(make: Callable[..., Owned]) -> Callable[..., Owned]:
    """Let descriptions be made once for each count of threads, which is fixed inside of them."""

    @lru_cache(_KEPT)
    def known(threads: int, sizes: Convolution, *posts: Post) -> Owned:
        with lent_threads():
            return make(sizes, *posts)

    @wraps(make)
    def described(sizes: Convolution, *posts: Post) -> Owned:
        return known(one_thread.count_of_products, sizes, *posts)

    return described


@_described
def forward(sizes: Convolution, *posts: Post) -> Owned:
    """Return the description of a convolution, and of what is done with its result."""
    source, target = _data(sizes)
    return make("convolution_forward_primitive_desc_create", "primitive_desc", engine(),
                ctypes.c_int(FORWARD_TRAINING), ctypes.c_int(CONVOLUTION_DIRECT), source,
                free_order(sizes.weights), None, target, *_geometry(sizes),
                attribute(posts, sizes.target))  # fmt: skip


@_described
def data_gradient(sizes: Convolution) -> Owned:
    """Return the description of a convolution's gradient to its source."""
    source, target = _data(sizes)
    return make("convolution_backward_data_primitive_desc_create", "primitive_desc", engine(),
                ctypes.c_int(CONVOLUTION_DIRECT), source,
                free_order(sizes.weights), target, *_geometry(sizes),
                forward(sizes), options())  # fmt: skip


@_described
def weights_gradient(sizes: Convolution) -> Owned:
    """Return the description of a convolution's gradient to its weights."""
    source, target = _data(sizes)
    found = make("convolution_backward_weights_primitive_desc_create", "primitive_desc", engine(),
                 ctypes.c_int(CONVOLUTION_DIRECT), source,
                 free_order(sizes.weights), None, target, *_geometry(sizes),
                 forward(sizes), options())  # fmt: skip
    while _overruns(found, sizes):
        next_implementation(found)
    return found


def _overruns(description: Owned, sizes: Convolution) -> bool:
    """Whether what executes a gradient to weights writes beyond its scratchpad.

    This one of oneDNN 3.2 gathers what a stride meets, in whole vectors, where there is room for
    the channels alone.
    """
    channels = sizes.weights[-1 - len(sizes.strides)]  # of a group
    fills_vectors = channels % _LANES == 0
    return max(sizes.strides) > 1 and not fills_vectors and implementation(description) == _GATHERS


def reorder(source: Descriptor, target: Descriptor) -> Owned:
    """Return the description of a copy from one order to another."""
    return make("reorder_primitive_desc_create", "primitive_desc", source, engine(), target,
                engine(), options())  # fmt: skip


def primitive(description: Owned) -> Owned:
    """Return what executes a description."""
    return make("primitive_create", "primitive", description)


class _Argument(ctypes.Structure):
    _fields_ = [("number", ctypes.c_int), ("memory", ctypes.c_void_p)]


def execute(description: Owned, arguments: Mapping[int, np.ndarray]) -> None:
    """Execute what is described, once and now.

    Args:
        description: the description.
        arguments: memory for each argument, by its number; a scratchpad is made if none is given.
    """
    scratch = np.empty(size(argument_descriptor(description, SCRATCHPAD)), np.uint8)
    given = {SCRATCHPAD: scratch, **arguments} if scratch.size else arguments
    memories = [
        make("memory_create", "memory", argument_descriptor(description, number), engine(),
             ctypes.c_void_p(array.ctypes.data))
        for number, array in given.items()
    ]  # fmt: skip
    pairs = [_Argument(number, one.pointer) for number, one in zip(given, memories)]
    queue = stream()
    call("primitive_execute", primitive(description), queue, ctypes.c_int(len(pairs)),
         (_Argument * len(pairs))(*pairs))  # fmt: skip
    call("stream_wait", queue)


def _data(sizes: Convolution) -> tuple[Owned, Owned]:
    return dense(sizes.source, channels_last=True), dense(sizes.target, channels_last=True)


def _geometry(sizes: Convolution) -> list[ctypes.Array]:
    between = [n - 1 for n in sizes.dilation]
    return [numbers(x) for x in (sizes.strides, between, sizes.lower, sizes.upper)]
