"""The layout of large files, written small."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from cntk.storage import DamagedFileError, dictionary_bytes, read_dictionary, seal

from ..samples import typed

WEIGHTS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array([0.5, -0.5])]


def test_values_follow_the_message_in_order():
    content = dictionary_bytes({"inputs": [{"value": array} for array in WEIGHTS]}, large=0)
    magic, size = struct.unpack_from("<4sI", content)
    assert magic == b"ktnc"
    assert content[8 + size :] == WEIGHTS[0].tobytes() + WEIGHTS[1].tobytes()


def test_the_layout_is_used_from_the_given_size_on():
    dictionary = {"a": WEIGHTS[0]}
    size = len(dictionary_bytes(dictionary)) - seal.FIELD_SIZE
    assert dictionary_bytes(dictionary, large=size)[:4] == b"ktnc"
    assert dictionary_bytes(dictionary, large=size + 1)[:4] != b"ktnc"


def test_float16_is_widened():
    array = np.array([1.5, 65504, np.inf], np.float16)
    content = dictionary_bytes({"a": array}, large=0)
    assert content.endswith(array.astype("<f4").tobytes())
    assert typed(read_dictionary(content)["a"]) == typed(array)


def test_only_one_key_of_a_dictionary_moves_its_values():
    """The original walks keys in an order of its own: values of two keys would be mixed up."""
    dictionary = {"state": np.ones(2, np.float32), "inputs": [np.full(3, 7.0), np.full(2, 8.0)]}
    content = dictionary_bytes(dictionary, large=0)
    assert content.endswith(np.array([7.0] * 3 + [8.0] * 2).tobytes())
    assert np.ones(2, np.float32).tobytes() in content[: -5 * 8]
    assert typed(read_dictionary(content)) == typed(dictionary)


def test_int16_stays_in_the_message():
    dictionary = {"a": [np.arange(3, dtype=np.int16), np.ones(1)]}
    content = dictionary_bytes(dictionary, large=0)
    assert content.startswith(b"ktnc") and content.endswith(np.ones(1).tobytes())
    assert typed(read_dictionary(content)) == typed(dictionary)


# Messages by hand: {"k": an array of two elements without values}
FLOAT32 = bytes.fromhex("12100a016b120b100b6a0708011a030a0102")
INT16 = bytes.fromhex("12100a016b120b100b6a0708061a030a0102")


def large_file(message, payload, size=None):
    return b"ktnc" + struct.pack("<I", len(message) if size is None else size) + message + payload


def test_a_file_without_a_seal_is_read():
    array = read_dictionary(large_file(FLOAT32, np.float32([3, 4]).tobytes()))["k"]
    np.testing.assert_array_equal(array, [3, 4])


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"ktnc", "ends too early"),
        (large_file(FLOAT32, b"", size=2**32 - 1), "the message is cut off"),
        (large_file(FLOAT32, bytes(7)), "an array has no values"),
        (large_file(FLOAT32, bytes(9)), "values without an array"),
        (large_file(FLOAT32[:-1], bytes(8)), "goes beyond its surroundings"),
        (large_file(INT16, bytes(4)), "cannot keep them outside the message"),
    ],
)
def test_what_does_not_fit_is_refused(content, reason):
    with pytest.raises(DamagedFileError, match=reason):
        read_dictionary(content)
