"""Arrays that are one in a file, and several in memory, or not there until they are written."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from cntk.storage import Deferred, Joined, dictionary_bytes, read_dictionary, write_dictionary


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8", "int16"])
@pytest.mark.parametrize("large", [2**31 - 1, 0], ids=["one message", "payload apart"])
def test_they_are_written_as_the_array_that_they_make(dtype, large):
    parts = [np.arange(6).reshape(2, 3).T.astype(dtype), np.arange(6, 12).reshape(3, 2)]
    parts = [part.astype(dtype) for part in parts]
    whole = np.concatenate(parts)
    joined = Joined(parts, whole.shape)
    written = dictionary_bytes({"a": joined}, large=large)
    assert written == dictionary_bytes({"a": whole}, large=large)
    found = read_dictionary(written)["a"]
    np.testing.assert_array_equal(found, whole)
    assert found.dtype == dtype


def test_empty_parts_count_for_nothing():
    joined = Joined([np.empty(0, "f"), np.ones(2, "f"), np.empty(0, "f")], (2,))
    assert read_dictionary(dictionary_bytes({"a": joined}))["a"].tolist() == [1, 1]


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "int16"])
@pytest.mark.parametrize("large", [2**31 - 1, 0], ids=["one message", "payload apart"])
def test_what_is_made_later_is_written_as_what_is_there(dtype, large):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    later = Deferred(lambda: array, array.shape, array.dtype)
    written = dictionary_bytes({"a": later, "b": [later]}, large=large)
    assert written == dictionary_bytes({"a": array, "b": [array]}, large=large)


def test_of_arrays_that_are_made_later_few_are_there_at_a_time(tmp_path):
    alive: list[weakref.ref] = []
    counts = []

    def make() -> np.ndarray:
        counts.append(sum(one() is not None for one in alive))
        array = np.full(1 << 16, len(counts), np.float32)
        alive.append(weakref.ref(array))
        return array

    later = Deferred(make, (1 << 16,), np.dtype("float32"))
    write_dictionary(tmp_path / "many", {str(i): later for i in range(6)})
    assert len(counts) == 6 and max(counts) <= 1
    found = read_dictionary(tmp_path / "many")
    assert sorted(int(array[0]) for array in found.values()) == [1, 2, 3, 4, 5, 6]
