"""Definitions of streams."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import CTFDeserializer, StreamConfiguration, StreamDef, StreamDefs


def test_a_definition_holds_what_was_given():
    assert StreamDef(field="a", shape=(2, 3)) == {
        "stream_alias": "a",
        "dim": (2, 3),
        "is_sparse": False,
        "defines_mb_size": False,
        "max_sequence_length": 65535,
    }
    assert StreamDef(shape=2, scp="x").scp == "x"
    assert "transforms" not in StreamDef("a")


def test_definitions_are_a_record():
    streams = StreamDefs(a=StreamDef("a", 2))
    assert streams.a.dim == 2
    assert list(streams.updated_with(b=StreamDef("b", 1))) == ["a", "b"]
    with pytest.raises(AttributeError, match="immutable"):
        streams.a = 1


def test_the_older_way_of_writing():
    stream = StreamConfiguration("a", 3, True, "al", True)
    assert (stream.m_stream_name, stream.m_dim, stream.m_stream_alias) == ("a", 3, "al")
    assert StreamConfiguration("a", 3).m_stream_alias == "a"


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ({}, "no streams to read"),
        ({"a": StreamDef(shape=2)}, "stream name for key a must be specified"),
        ({"a": StreamDef("a")}, "stream 'a' needs shape"),
        ({"a": StreamDef("a", 0)}, "stream 'a' needs shape"),
        ({"a": StreamDef("a", (2, -1))}, "stream 'a' needs shape"),
        ({"a": StreamDef("a", 2.5)}, "stream 'a' needs shape"),
        ({"a": StreamDef("a b", 1)}, "cannot be the name of an input"),
        ({"a": StreamDef("#a", 1)}, "cannot be the name of an input"),
        ({"a": StreamDef("x", 1), "b": StreamDef("x", 1)}, "Alias x is already mapped to input a"),
        (
            {n: StreamDef(n, 1, defines_mb_size=True) for n in "ab"},
            "only one of .* can define the size",
        ),
    ],
)
def test_incomplete_definitions_are_refused(streams, message):
    with pytest.raises(ValueError, match=message):
        CTFDeserializer("f.ctf", streams)


def test_a_stream_keeps_its_static_shape(tmp_path):
    path = tmp_path / "f.ctf"
    path.write_text("|a 1 2 3 4 5 6\n")
    chunk = CTFDeserializer(path, StreamDefs(a=StreamDef("a", (np.int64(2), 3)))).get_chunk(0)
    assert chunk.streams["a"].rows.tolist() == [[[1, 2, 3], [4, 5, 6]]]
