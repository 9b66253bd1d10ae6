"""The checksum of our files."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest

from cntk.storage import DamagedFileError, dictionary_bytes, read_dictionary, seal
from cntk.storage.decode import Decoder
from cntk.storage.payload import PendingArrays
from cntk.storage.wire import WireReader

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


def test_a_file_that_shrinks_while_its_seal_is_checked_is_refused():
    content = dictionary_bytes(WEIGHTS)
    reader = WireReader(io.BytesIO(content[:-1000]), len(content), "a.model")
    with pytest.raises(DamagedFileError, match="has changed since it was written"):
        Decoder(reader, PendingArrays(0)).file(len(content), lambda: seal.verify(reader))


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
