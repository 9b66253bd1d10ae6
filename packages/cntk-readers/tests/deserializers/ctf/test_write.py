"""What is written as text is read again."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import Chunk, CTFDeserializer, SequenceRows, StreamDef, StreamDefs
from cntk.io.deserializers.ctf.write import write_ctf
from cntk.minibatch import StreamInformation

from ...sequence_data import InMemory, assert_same, random_data

STREAMS = StreamDefs(
    dense=StreamDef(field="dense", shape=(2, 3)),
    sparse=StreamDef(field="sparse", shape=50, is_sparse=True),
    label=StreamDef(field="label", shape=4, is_sparse=True),
)


@pytest.mark.parametrize("longest", [1, 5])
def test_sequences_come_back(tmp_path, longest):
    data = random_data(3, longest)
    assert write_ctf(tmp_path / "a.ctf", InMemory(data.stream_infos(), [data.get_chunk(0)])) == 7
    reader = CTFDeserializer(tmp_path / "a.ctf", STREAMS)
    assert_same(reader.get_chunk(0), data.get_chunk(0))


def test_sequences_of_all_chunks_have_their_own_ids(tmp_path):
    assert write_ctf(tmp_path / "a.ctf", random_data(3, 5)) == 14
    reader = CTFDeserializer(tmp_path / "a.ctf", STREAMS)
    np.testing.assert_array_equal(reader.sequence_keys(0), np.arange(14))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("a b", 1.0, "cannot be the name"), ("x", np.nan, "no infinite values and no NaN")],
)
def test_what_the_format_cannot_hold_is_refused(tmp_path, name, value, message):
    rows = SequenceRows(np.array([[value]], np.float32), np.ones(1, np.int64))
    data = InMemory([StreamInformation(name, 0, "dense", np.float32, (1,))], [Chunk({name: rows})])
    with pytest.raises(ValueError, match=message):
        write_ctf(tmp_path / "a.ctf", data)
    assert not list(tmp_path.iterdir())
