"""Rows that cannot be used: refused with column, row and cause, or counted and left out."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cntk.io import ArrowDeserializer, StreamDef, StreamDefs

from .tables import pairs, read

PAIR = {"indices": [0], "values": [1]}
FLOATS = pa.list_(pa.float32())
# column, definition; the second of three rows is malformed
CASES = {
    "no number": (pa.array([1, None, 3]), StreamDef("c"), "a number, found null"),
    "no list": (pa.array([[1], None, [3]], FLOATS), StreamDef("c", 1), "found null"),
    "an empty sequence": (pa.array([[1], [], [3]], FLOATS), StreamDef("c", 1), r"found \[\]"),
    "no number in a list": (
        pa.array([[1.0], [None], [3.0]]), StreamDef("c", 1), r"found \[None\]",
    ),
    "a short list": (
        pa.array([[1, 2], [1], [3, 4]]), StreamDef("c", 2), r"2 numbers, found \[1\]",
    ),
    "a long list": (
        pa.array([[1, 2], [1, 2, 3], [3, 4]]), StreamDef("c", 2), r"found \[1, 2, 3\]",
    ),
    "a short list in a sequence": (
        pa.array([[[1, 2]], [[1, 2], [1]], [[3, 4]]]), StreamDef("c", 2), r"2 numbers\), found",
    ),
    "an empty vector in its place": (
        pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)), StreamDef("c", 2), "found null",
    ),
    "a number beyond float32": (pa.array([1, 1e300, 3]), StreamDef("c"), r"found 1e\+300"),
    "a class too high": (
        pa.array([1, 4, 3]), StreamDef("c", 4, True), "classes from 0 to 3, found 4",
    ),
    "a negative class": (pa.array([1, -1, 3]), StreamDef("c", 4, True), "found -1"),
    "no class": (pa.array([1, None, 3]), StreamDef("c", 4, True), "found null"),
    "a class beyond 64 bits": (
        pa.array([1, 2**64 - 1, 3], pa.uint64()), StreamDef("c", 4, True), "found 18446744073709",
    ),
    "no category": (
        pa.array(["a", None, "b"]).dictionary_encode(), StreamDef("c", is_sparse=True),
        "2 categories",
    ),
    "an index too high": (
        pairs([{"indices": [i], "values": [1]} for i in (0, 3, 1)]),
        StreamDef("c", 3, True), "indices from 0 to 2",
    ),
    "more indices than values": (
        pairs([PAIR, {"indices": [0, 1], "values": [1]}, PAIR]),
        StreamDef("c", 3, True), "as many values",
    ),
    "no indices": (
        pairs([PAIR, {"indices": None, "values": [1]}, PAIR]),
        StreamDef("c", 3, True), "found {'indices': None",
    ),
    "no pair": (
        pairs([PAIR, None, PAIR]),
        StreamDef("c", 3, True), "found null",
    ),
    "no value in a pair": (
        pairs([PAIR, {"indices": [0], "values": [None]}, PAIR]),
        StreamDef("c", 3, True), r"'values': \[None\]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_malformed_rows_are_refused_or_left_out(what):
    column, definition, message = CASES[what]
    table = pa.table({"c": column})
    with pytest.raises(RuntimeError, match=rf"row 1, input 'c': expected .*{message}"):
        read(table, c=definition)
    left = read(table, max_errors=1, c=definition)["c"]
    assert (
        left == read(table.slice(0, 1), c=definition)["c"] + read(table.slice(2), c=definition)["c"]
    )


def test_sequences_that_are_all_empty():
    for column, shape in (([[], []], 1), ([[], []], 2)):
        kind = pa.list_(pa.list_(pa.int8())) if shape == 2 else pa.list_(pa.int8())
        with pytest.raises(RuntimeError, match="no sequence that can be used"):
            read(pa.table({"c": pa.array(column, kind)}), max_errors=2, c=StreamDef("c", shape))


def test_all_streams_of_a_malformed_row_are_left_out():
    table = pa.table({"a": [1, None, 3], "b": [None, 5, 6], "c": [7, 8, 9]})
    streams = {name: StreamDef() for name in "abc"}
    assert read(table, max_errors=2, **streams) == {"a": [[[3]]], "b": [[[6]]], "c": [[[9]]]}
    with pytest.raises(RuntimeError, match="row 0, input 'b'"):
        read(table, **streams)


def test_long_lists_are_shown_in_part():
    table = pa.table({"c": [[0] * 1000]})
    with pytest.raises(RuntimeError, match=r"found a list of 1000: \[0, 0, .*\.\.\.\n"):
        read(table, c=StreamDef("c", 999))


def test_a_number_stands_for_missing_ones():
    def filled(column, shape):
        streams = StreamDefs(c=StreamDef("c", shape))
        return read(ArrowDeserializer(pa.table({"c": column}), streams, null_value=7))["c"]

    assert filled(pa.array([1, None]), 1) == [[[1]], [[7]]]
    assert filled(pa.array([[1, None]]), 2) == [[[1, 7]]]
    with pytest.raises(RuntimeError, match="found null"):  # which may have any length
        filled(pa.array([[1], None]), 1)


def test_categories_that_are_not_known():
    table = pa.table({"c": ["b", "z", "a"]})
    streams = StreamDefs(c=StreamDef(is_sparse=True))

    def reader():
        return ArrowDeserializer(table, streams, categories={"c": ["a", "b"]})

    with pytest.raises(RuntimeError, match="row 1, input 'c': expected 2 categories, found 'z'"):
        read(reader())
    assert read(reader(), max_errors=1)["c"] == [[[0, 1]], [[1, 0]]]
    assert reader().categories == {"c": ["a", "b"]}
