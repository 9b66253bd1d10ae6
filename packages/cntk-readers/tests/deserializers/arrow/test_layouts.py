"""What a column holds for a stream, by its type and the stream's shape."""

from __future__ import annotations

import decimal

import numpy as np
import pyarrow as pa
import pytest

from cntk.io import ArrowDeserializer, StreamDef, StreamDefs

from .tables import pairs, read, vectors

LISTS = pa.list_(pa.float64())
TENSOR = pa.FixedShapeTensorArray.from_numpy_ndarray(
    np.arange(8, dtype=np.float32).reshape(2, 2, 2)
)
DENSE = {
    "numbers": (pa.array([1, 2]), None, [[[1]], [[2]]]),
    "truth values": (pa.array([True, False]), None, [[[1]], [[0]]]),
    "decimals": (pa.array([decimal.Decimal("1.5")]), 1, [[[1.5]]]),
    "half floats": (pa.array(np.array([0.5], np.float16)), 1, [[[0.5]]]),
    "large unsigned numbers": (pa.array(np.array([2**63], np.uint64)), 1, [[[2.0**63]]]),
    "vectors": (vectors([[1, 2], [3, 4]], 2), None, [[[1, 2]], [[3, 4]]]),
    "lists of one length": (pa.array([[1.0, 2.0], [3.0, 4.0]]), 2, [[[1, 2]], [[3, 4]]]),
    "large lists": (pa.array([[1.0, 2.0]], pa.large_list(pa.float32())), 2, [[[1, 2]]]),
    "lists that are a matrix": (pa.array([[1, 2, 3, 4]]), (2, 2), [[[[1, 2], [3, 4]]]]),
    "lists of lists": (pa.array([[[1, 2], [3, 4]]]), (2, 2), [[[[1, 2], [3, 4]]]]),
    "tensors": (TENSOR, None, [[[[0, 1], [2, 3]]], [[[4, 5], [6, 7]]]]),
    "flat tensors": (TENSOR, 4, [[[0, 1, 2, 3]], [[4, 5, 6, 7]]]),
    "sequences of numbers": (pa.array([[1.0], [2.0, 3.0]]), 1, [[[1]], [[2], [3]]]),
    "sequences of lists": (pa.array([[[1, 2]], [[3, 4], [5, 6]]]), 2, [[[1, 2]], [[3, 4], [5, 6]]]),
    "sequences of one length": (vectors([[1, 2, 3]], 3), 1, [[[1], [2], [3]]]),
    "sequences of vectors": (
        pa.array([[[1, 2]], [[3, 4], [5, 6]]], pa.list_(pa.list_(pa.float32(), 2))),
        2,
        [[[1, 2]], [[3, 4], [5, 6]]],
    ),
}
SPARSE = {
    "classes": (pa.array([2, 0]), 3, [[[0, 0, 1]], [[1, 0, 0]]]),
    "sequences of classes": (pa.array([[1], [0, 1]]), 2, [[[0, 1]], [[1, 0], [0, 1]]]),
    "categories": (pa.array(["b", "a"]).dictionary_encode(), None, [[[1, 0]], [[0, 1]]]),
    "sequences of categories": (
        pa.array([["u"], ["v", "u"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        None,
        [[[1, 0]], [[0, 1], [1, 0]]],
    ),
    "pairs": (
        pairs([{"indices": [2, 0], "values": [5, 7]}, {"indices": [], "values": []}]),
        3,
        [[[7, 0, 5]], [[0, 0, 0]]],
    ),
    "sequences of pairs": (
        pa.ListArray.from_arrays(pa.array([0, 1, 3], pa.int32()), pairs(
            [{"indices": [i], "values": [i + 1]} for i in range(3)]
        )),
        3,
        [[[1, 0, 0]], [[0, 2, 0], [0, 0, 3]]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DENSE)
def test_dense_columns(what):
    column, shape, expected = DENSE[what]
    assert read(pa.table({"c": column}), c=StreamDef("c", shape)) == {"c": expected}


@pytest.mark.parametrize("what", SPARSE)
def test_sparse_columns(what):
    column, shape, expected = SPARSE[what]
    assert read(pa.table({"c": column}), c=StreamDef("c", shape, True)) == {"c": expected}


@pytest.mark.parametrize("what", [*DENSE, *SPARSE])
def test_parts_of_columns_are_read_as_wholes_are(what):
    """A slice shares the buffers of the whole, and begins within them."""
    column, shape, _ = (DENSE | SPARSE)[what]
    table = pa.concat_tables([pa.table({"c": column})] * 3).combine_chunks()
    definition = StreamDef("c", shape, what in SPARSE)
    whole = read(table, c=definition)["c"]
    for begin in range(len(whole)):
        assert read(table.slice(begin), c=definition)["c"] == whole[begin:]


def test_columns_side_by_side():
    table = pa.table({"a": [1, 2], "b": [0.5, None], "c": [True, False]})
    streams = {"x": StreamDef(["c", "a"])}
    assert read(table, **streams) == {"x": [[[1, 1]], [[0, 2]]]}
    with pytest.raises(RuntimeError, match="row 1, input 'b': expected a number, found null"):
        read(table, x=StreamDef(["a", "b"]))
    filled = ArrowDeserializer(table, StreamDefs(x=StreamDef(["a", "b"])), null_value=-1)
    assert read(filled) == {"x": [[[1, 0.5]], [[2, -1]]]}


def test_a_column_has_the_name_of_its_stream():
    assert read(pa.table({"c": [1]}), c=StreamDef()) == {"c": [[[1]]]}


def test_samples_of_doubles():
    reader = ArrowDeserializer(pa.table({"c": [1e300]}), StreamDefs(c=StreamDef()), dtype="float64")
    assert read(reader) == {"c": [[[1e300]]]}
    assert reader.stream_infos()[0].dtype == np.float64


@pytest.mark.parametrize(
    ("column", "definition", "message"),
    [
        (pa.array(["a"]), StreamDef("c"), "give is_sparse=True, and categories="),
        (pa.array(["a"]), StreamDef("c", 2, True), "give is_sparse=True, and categories="),
        (pa.array(["a"]).dictionary_encode(), StreamDef("c"), "give is_sparse=True$"),
        (pa.array(["a", "b"]).dictionary_encode(), StreamDef("c", 1, True), "2 categories, more"),
        (pa.array([1.5]), StreamDef("c", 2, True), "a sparse stream is read from integers"),
        (pa.array([1]), StreamDef("c", is_sparse=True), "give shape="),
        (pa.array([[1]]), StreamDef("c"), "list.* does not say the shape"),
        (pa.array([1]), StreamDef("c", 2), "does not hold samples of shape=.2,."),
        (vectors([[1, 2]], 2), StreamDef("c", 3), "does not hold samples of shape=.3,."),
        (pa.array([[[[1]]]]), StreamDef("c", 1), "does not hold samples"),
        (pa.array([[[1]]]), StreamDef("c", 2, True), "a sequence of them is one list"),
        (pa.array([None]), StreamDef("c", 1), "numbers, or lists of them, not from null"),
        (pa.array([b"x"]), StreamDef("c", 1, True), "not from binary"),
        (pa.array([{"indices": [1]}]), StreamDef("c", 1, True), "structs of the lists 'indices'"),
        (pa.array([1]), StreamDef("d", 1), "DataFrame|Table.* has no column 'd'; there are 'c'"),
        (pa.array([1]), StreamDef(["c", "c"]), "has a column twice"),
        (pa.array([1]), StreamDef(5), "needs field=..., a column or a list of them, got 5"),
        (pa.array([1]), StreamDef("c", 0), "needs shape=..., a positive int"),
    ],
)
def test_columns_that_do_not_fit_are_refused(column, definition, message):
    with pytest.raises(ValueError, match=message):
        read(pa.table({"c": column}), c=definition)


def test_columns_side_by_side_are_numbers():
    table = pa.table({"a": [1], "b": ["x"], "c": [2]})
    with pytest.raises(ValueError, match="column 'b' is string"):
        read(table, x=StreamDef(["a", "b"]))
    for more in ({"shape": 3}, {"is_sparse": True}):
        with pytest.raises(ValueError, match="2 columns of numbers, which make dense samples"):
            read(table, x=StreamDef(["a", "c"], **more))


def test_a_name_that_two_columns_have_is_refused():
    table = pa.table([pa.array([1]), pa.array([2])], names=["c", "c"])
    with pytest.raises(ValueError, match="has 2 columns 'c'"):
        read(table, c=StreamDef("c"))


def test_one_stream_defines_the_size():
    table = pa.table({"a": [[1, 2], [3]], "b": [1, 2]})
    counting = {"a": StreamDef("a", 1), "b": StreamDef("b", defines_mb_size=True)}
    assert read(table, 2, **counting)["b"] == [[[1]], [[2]]]
    counting["a"] = StreamDef("a", 1, defines_mb_size=True)
    with pytest.raises(ValueError, match="only one of"):
        read(table, **counting)
