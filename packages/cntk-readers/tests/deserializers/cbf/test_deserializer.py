"""Names, shapes and refusals of the binary format."""

from __future__ import annotations

import struct
import time

import numpy as np
import pytest

from cntk.io import CBFDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.testing import check_deserializer

from ...sequence_data import random_data


@pytest.fixture
def path(tmp_path):
    write_cbf(tmp_path / "a.cbf", random_data(1, 3))
    return tmp_path / "a.cbf"


def read_all(path, streams=None, **options):
    options = {"randomize": False, "max_sweeps": 1, **options}
    source = MinibatchSource(CBFDeserializer(path, streams or {}), **options)
    found = []
    while minibatch := source.next_minibatch(5):
        found.append(minibatch)
    return found


def test_it_keeps_the_promises_of_deserializers(path):
    check_deserializer(CBFDeserializer(path))


def test_streams_are_renamed_shaped_and_the_others_kept(path):
    streams = StreamDefs(x=StreamDef(field="dense", shape=(3, 2)))
    infos = CBFDeserializer(path, streams).stream_infos()
    assert [(info.name, info.shape) for info in infos] == [
        ("x", (3, 2)),
        ("sparse", (50,)),
        ("label", (4,)),
    ]


def test_a_stream_defines_the_minibatch_size(path):
    streams = StreamDefs(y=StreamDef(field="label", defines_mb_size=True))
    assert [len(next(iter(m.values())).as_sequences()) for m in read_all(path, streams)] == [
        5,
        5,
        4,
    ]


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        (StreamDefs(x=StreamDef(field="nope")), "no stream 'nope'; it has 'dense', 'sparse'"),
        (StreamDefs(x=StreamDef(field="dense", shape=5)), "samples of 6 values, and shape=5 has 5"),
        (StreamDefs(x=StreamDef(shape=5)), "needs its name in the file"),
        (StreamDefs(label=StreamDef(field="dense")), "two streams of one name"),
    ],
)
def test_definitions_that_do_not_fit_are_refused(path, streams, message):
    with pytest.raises(ValueError, match=message):
        CBFDeserializer(path, streams).stream_infos()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RuntimeError, match=r"none\.cbf' is not open"):
        CBFDeserializer(tmp_path / "none.cbf").num_chunks()


def changed(path, at: int, new: bytes) -> None:
    body = bytearray(path.read_bytes())
    at %= len(body)
    body[at : at + len(new)] = new
    path.write_bytes(body)


def offset_of_header(path) -> int:
    return struct.unpack("<q", path.read_bytes()[-8:])[0]


HEADER = {
    "magic": (lambda start: 0, b"x", "byte      0"),
    "version": (lambda start: 8, b"\x02", "expected  version 1"),
    "offset": (lambda start: -8, struct.pack("<q", 2**62), f"found     {2**62}"),
    "chunks": (lambda start: start + 8, b"\xff" * 4, "4294967295 chunks"),
    "streams": (lambda start: start + 12, b"\xff" * 4, "byte"),
    "name": (lambda start: start + 17, b"\xff" * 4, "the length of a name"),
    "dimension": (lambda start: start + 27, b"\xff" * 4, "expected  a dimension"),
    "place of a chunk": (lambda start: -8 - 32, struct.pack("<q", -(2**62)), "chunk 0 from"),
    "sequences of a chunk": (lambda start: -8 - 8, b"\xff" * 4, "4294967295 in the"),
}


@pytest.mark.parametrize("what", HEADER)
def test_a_damaged_header_is_refused_at_once(path, what):
    place, new, message = HEADER[what]
    changed(path, place(offset_of_header(path)), new)
    begin = time.monotonic()
    with pytest.raises(RuntimeError, match=message) as caught:
        CBFDeserializer(path).num_chunks()
    assert time.monotonic() - begin < 0.1
    assert str(path) in str(caught.value)


def test_a_file_without_its_tail_is_refused(path):
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(RuntimeError, match="not a valid CNTK binary format"):
        CBFDeserializer(path).num_chunks()


def test_a_record_that_leaves_its_chunk_is_refused(path):
    changed(path, 12 + 4 * 7, b"\xff" * 4)  # the samples of the first dense record
    with pytest.raises(RuntimeError, match="sequence 0 of stream 'dense' inside its chunk"):
        read_all(path, max_errors=100)


def test_a_sequence_with_an_index_out_of_range_counts_as_malformed(tmp_path, caplog):
    data = random_data(1, 1)
    rows = data.get_chunk(0).streams["label"].rows
    rows.indices[3] = 4
    write_cbf(tmp_path / "a.cbf", data)
    with pytest.raises(
        RuntimeError, match=r"sequence 3 .chunk 0., input 'label': expected up to 1"
    ):
        read_all(tmp_path / "a.cbf")
    found = read_all(tmp_path / "a.cbf", max_errors=1)
    assert sum(next(iter(m.values())).num_sequences for m in found) == 13


def test_a_file_that_changes_while_it_is_read_is_refused(path):
    reader = CBFDeserializer(path)
    reader.get_chunk(0)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(RuntimeError, match="was changed while it is being read"):
        reader.get_chunk(1)


def test_it_joins_others_by_the_number_of_the_sequence(path):
    other = CBFDeserializer(
        path, StreamDefs(a=StreamDef("dense"), b=StreamDef("sparse"), c=StreamDef("label"))
    )
    source = MinibatchSource([CBFDeserializer(path), other], max_sweeps=1)
    minibatch = source.next_minibatch(10)
    left, right = (
        np.concatenate(minibatch[source.streams[n]].as_sequences()) for n in ("dense", "a")
    )
    np.testing.assert_array_equal(left, right)
