"""Arrays that are one in a file, and several in memory."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.storage import Joined, dictionary_bytes, read_dictionary


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
