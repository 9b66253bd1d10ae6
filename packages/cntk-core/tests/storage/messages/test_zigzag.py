"""int16 arrays as varints."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.storage.messages import zigzag
from cntk.storage.messages.zigzag import decode_zigzag, encode_zigzag

EVERY_VALUE = np.arange(-(2**15), 2**15).astype(np.int16)


def test_every_value_survives():
    np.testing.assert_array_equal(decode_zigzag(encode_zigzag(EVERY_VALUE)), EVERY_VALUE)


def test_the_encoding_is_that_of_protobuf():
    assert encode_zigzag(np.array([0, -1, 1, 64, -(2**15)], np.int16)).hex() == "0001028001ffff03"


def test_blocks_end_between_numbers(monkeypatch):
    monkeypatch.setattr(zigzag, "BYTES_AT_A_TIME", 7)
    np.testing.assert_array_equal(
        decode_zigzag(encode_zigzag(EVERY_VALUE[::97])), EVERY_VALUE[::97]
    )


@pytest.mark.parametrize("encoded", ["80", "0080", "ffff04", "80808000"])
def test_numbers_that_are_cut_off_or_too_long_are_refused(encoded):
    with pytest.raises(ValueError, match="16 bits"):
        decode_zigzag(bytes.fromhex(encoded))
