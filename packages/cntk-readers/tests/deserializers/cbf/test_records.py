"""What is written to a binary file is read again, whatever the lengths of sequences."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import CBFDeserializer, StreamDef, StreamDefs
from cntk.io.deserializers.cbf.write import write_cbf

from ...sequence_data import assert_same, random_data

SHAPED = StreamDefs(dense=StreamDef(field="dense", shape=(2, 3)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("longest", [1, 2, 9, 400])
@pytest.mark.parametrize("seed", range(5))
def test_sequences_come_back(tmp_path, seed, longest, dtype):
    data = random_data(seed, longest, dtype)
    assert write_cbf(tmp_path / "a.cbf", data) == 14
    reader = CBFDeserializer(tmp_path / "a.cbf", SHAPED)
    assert [info.dtype for info in reader.stream_infos()] == [np.dtype(dtype)] * 3
    for chunk_id in range(2):
        assert_same(reader.get_chunk(chunk_id), data.get_chunk(chunk_id))


def test_sizes_and_keys_are_known_without_the_data(tmp_path):
    data = random_data(0, 9)
    write_cbf(tmp_path / "a.cbf", data)
    reader = CBFDeserializer(tmp_path / "a.cbf")
    for chunk_id in range(2):
        chunk = data.get_chunk(chunk_id)
        np.testing.assert_array_equal(reader.sequence_sizes(chunk_id), chunk.sizes)
        expected = np.arange(7 * chunk_id, 7 * chunk_id + 7)
        np.testing.assert_array_equal(reader.sequence_keys(chunk_id), expected)
