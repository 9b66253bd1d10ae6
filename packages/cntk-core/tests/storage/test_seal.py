"""The checksum of our files."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cntk.storage import DamagedFileError, dictionary_bytes, read_dictionary, seal

from .referee import Referee

WEIGHTS = {"w": np.ones(1000, np.float32)}


def test_a_flipped_bit_in_a_weight_is_noticed():
    content = bytearray(dictionary_bytes(WEIGHTS))
    content[-2] ^= 1
    with pytest.raises(DamagedFileError, match="has changed since it was written"):
        read_dictionary(content)


def test_another_size_is_noticed_first():
    with pytest.raises(DamagedFileError, match="another size than when it was written"):
        read_dictionary(dictionary_bytes(WEIGHTS)[:-4])


def test_a_seal_of_another_size_is_refused():
    with pytest.raises(DamagedFileError, match="the seal of the file is damaged"):
        read_dictionary(b"\xc2\x3e\x01x")


@pytest.mark.parametrize("count", [10, 10**5, 10**6])
@pytest.mark.parametrize("large", [2**31 - 1, 0], ids=["one message", "payload apart"])
def test_the_last_bit_is_summed_up_whatever_the_size(count, large):
    content = bytearray(dictionary_bytes({"w": np.ones(count, np.float32)}, large=large))
    assert read_dictionary(content)["w"].size == count
    content[-3] ^= 4
    with pytest.raises(DamagedFileError, match="has changed since it was written"):
        read_dictionary(content)


def test_a_seal_has_its_place_at_the_start():
    content = dictionary_bytes(WEIGHTS)
    moved = content[seal.FIELD_SIZE :] + content[: seal.FIELD_SIZE]
    with pytest.raises(DamagedFileError):
        read_dictionary(moved)
    far = dictionary_bytes({"w": np.ones(10**5, np.float32)})
    with pytest.raises(DamagedFileError, match="checksum of the file is not at its start"):
        read_dictionary(far[seal.FIELD_SIZE :] + far[: seal.FIELD_SIZE])


def test_a_file_without_a_seal_is_read():
    content = dictionary_bytes(WEIGHTS)
    assert set(read_dictionary(content[seal.FIELD_SIZE :])) == {"w"}


def test_other_readers_of_protobuf_skip_the_seal():
    assert set(Referee().read(dictionary_bytes(WEIGHTS))) == {"w"}


def test_weights_that_change_while_they_are_written_have_the_right_checksum():
    """A file is consistent with itself although training goes on in another thread."""
    weights = np.zeros(2**20, np.float32)
    stop = threading.Event()

    def train():
        while not stop.is_set():
            weights[:] += 1

    thread = threading.Thread(target=train)
    thread.start()
    try:
        for _ in range(5):
            read_dictionary(dictionary_bytes({"w": weights}))
    finally:
        stop.set()
        thread.join()
