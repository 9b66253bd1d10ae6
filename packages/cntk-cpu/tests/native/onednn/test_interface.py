"""Calls of oneDNN's functions: descriptors, and statuses that become errors."""

from __future__ import annotations

import ctypes

import pytest

from cntk.errors import ExecutionError
from cntk.native.onednn.interface import dense, make, numbers, same_order, size


def test_a_descriptor_knows_its_bytes_and_its_order():
    plain, last = dense((2, 3, 4, 5)), dense((2, 3, 4, 5), channels_last=True)
    assert size(plain.pointer) == size(last.pointer) == 2 * 3 * 4 * 5 * 4
    assert same_order(plain.pointer, dense((2, 3, 4, 5)).pointer)
    assert not same_order(plain.pointer, last.pointer)


def test_a_refused_call_names_the_function_and_the_reason():
    with pytest.raises(ExecutionError, match="dnnl_memory_desc_create_with_tag failed: invalid"):
        make("memory_desc_create_with_tag", "memory_desc", ctypes.c_int(2), numbers((2, -3)),
             ctypes.c_int(3), ctypes.c_int(1))  # fmt: skip
