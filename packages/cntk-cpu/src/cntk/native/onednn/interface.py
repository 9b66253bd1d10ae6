"""oneDNN's C interface, version 3: its functions and constants, and owners of its objects.

The numbers are those of ``oneapi/dnnl/dnnl_types.h``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from cntk.errors import ExecutionError, OutOfMemoryError
from cntk.native.library import onednn

FORWARD_TRAINING, FORWARD_INFERENCE = 64, 96
CONVOLUTION_DIRECT = 1
SOURCE, TARGET, WEIGHTS, SCRATCHPAD = 1, 17, 33, 80  # arguments of primitives
DIFF_SOURCE, DIFF_TARGET, DIFF_WEIGHTS = 129, 145, 161

_CPU, _FLOAT32, _ANY, _IN_ORDER, _USER_SCRATCHPAD = 1, 3, 1, 1, 1
_QUERY_NAME, _QUERY_DESCRIPTOR, _UNDEFINED = 8, 255, 0
_STATUS = {
    1: "out of memory",
    2: "invalid arguments",
    3: "unimplemented",
    4: "last implementation reached",
    5: "runtime error",
    6: "not required",
}
OUT_OF_MEMORY, _UNIMPLEMENTED = 1, 3


class Unimplemented(ExecutionError):
    """oneDNN has nothing for what was asked."""


_KINDS = {OUT_OF_MEMORY: OutOfMemoryError, _UNIMPLEMENTED: Unimplemented}


class Owned:
    """An object of oneDNN's, destroyed with its owner.

    Args:
        pointer: the object.
        kind: the part of its destructor's name, e.g. ``memory``.
    """

    __slots__ = ("_destroy", "pointer")

    def __init__(self, pointer: ctypes.c_void_p, kind: str) -> None:
        self.pointer = pointer
        self._destroy = getattr(onednn(), f"dnnl_{kind}_destroy")

    def __del__(self) -> None:
        self._destroy(self.pointer)


class Fixed(NamedTuple):
    """Memory of an argument that is the same in all calls."""

    array: np.ndarray


def call(name: str, *arguments: Any) -> None:
    """Call a function that returns a status; owners stand for their objects.

    Raises:
        Unimplemented: oneDNN has nothing for it.
        MemoryError: it has no memory.
        ExecutionError: any other failure.
    """
    plain = [x.pointer if isinstance(x, Owned) else x for x in arguments]
    status = getattr(onednn(), f"dnnl_{name}")(*plain)
    if status:
        text = _STATUS.get(status, f"status {status}")
        kind = _KINDS.get(status, ExecutionError)
        raise kind(f"oneDNN's function dnnl_{name} failed: {text}.")


def make(name: str, kind: str, *arguments: Any) -> Owned:
    """Return what a function makes.

    Args:
        name: the function; the address for its result comes first among its arguments.
        kind: what it makes.
        arguments: the others.
    """
    found = ctypes.c_void_p()
    call(name, ctypes.byref(found), *arguments)
    return Owned(found, kind)


@cache
def engine() -> ctypes.c_void_p:
    """Return the engine of the CPU; it lives as long as the process."""
    found = ctypes.c_void_p()
    call("engine_create", ctypes.byref(found), ctypes.c_int(_CPU), ctypes.c_size_t(0))
    return found


def stream() -> Owned:
    """Return a new stream."""
    return make("stream_create", "stream", engine(), ctypes.c_uint(_IN_ORDER))


def numbers(values: Sequence[int]) -> ctypes.Array:
    """Return numbers as an array of dimensions."""
    return (ctypes.c_int64 * len(values))(*values)


def dense(shape: Sequence[int], channels_last: bool = False) -> Owned:
    """Return the descriptor of float32 memory with all elements in their order.

    Args:
        shape: the logical shape.
        channels_last: the second axis varies fastest in memory.
    """
    order = [0, *range(2, len(shape)), 1] if channels_last else list(range(len(shape)))
    strides, step = [0] * len(shape), 1
    for axis in reversed(order):
        strides[axis] = step
        step *= shape[axis]
    return make("memory_desc_create_with_strides", "memory_desc", ctypes.c_int(len(shape)),
                numbers(shape), ctypes.c_int(_FLOAT32), numbers(strides))  # fmt: skip


def free_order(shape: Sequence[int]) -> Owned:
    """Return the descriptor of float32 memory whose order a primitive chooses."""
    return make("memory_desc_create_with_tag", "memory_desc", ctypes.c_int(len(shape)),
                numbers(shape), ctypes.c_int(_FLOAT32), ctypes.c_int(_ANY))  # fmt: skip


@cache
def options() -> Owned:
    """Return the attribute of primitives: who executes one brings its scratchpad."""
    return unshared_options()


def unshared_options() -> Owned:
    """Return such an attribute, to which more may be added."""
    found = make("primitive_attr_create", "primitive_attr")
    call("primitive_attr_set_scratchpad_mode", found, ctypes.c_int(_USER_SCRATCHPAD))
    return found


def argument_descriptor(description: Owned, argument: int) -> ctypes.c_void_p:
    """Return the descriptor of an argument of a described primitive, which owns it."""
    query = onednn().dnnl_primitive_desc_query_md
    query.restype = ctypes.c_void_p
    found = query(description.pointer, ctypes.c_int(_QUERY_DESCRIPTOR), ctypes.c_int(argument))
    return ctypes.c_void_p(found)


def size(descriptor: ctypes.c_void_p) -> int:
    """Return the bytes of memory with a descriptor."""
    function = onednn().dnnl_memory_desc_get_size
    function.restype = ctypes.c_size_t
    return function(descriptor)


def same_order(left: ctypes.c_void_p, right: ctypes.c_void_p) -> bool:
    """Return whether two descriptors say the same."""
    return bool(onednn().dnnl_memory_desc_equal(left, right))


def implementation(description: Owned) -> str:
    """Return the name of what executes a described primitive."""
    text = ctypes.c_char_p()
    call("primitive_desc_query", description.pointer, ctypes.c_int(_QUERY_NAME), ctypes.c_int(0),
         ctypes.byref(text))  # fmt: skip
    return (text.value or b"").decode()


def next_implementation(description: Owned) -> None:
    """Let a described primitive be executed by what oneDNN would have taken next.

    Raises:
        ExecutionError: that was its last.
    """
    call("primitive_desc_next_impl", description.pointer)
