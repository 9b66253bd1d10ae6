"""Arrays in files become minibatches."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from cntk.io import MinibatchSource, NumPyDeserializer, StreamDef, StreamDefs
from cntk.io.deserializers.arrays import deserializer
from cntk.testing import check_deserializer

X = np.arange(12, dtype=np.float32).reshape(6, 2)
Y = np.array([0, 2, 1, 0, 2, 1])
COUNTING = StreamDef(defines_mb_size=True)
STREAMS = StreamDefs(x=StreamDef(), y=StreamDef(shape=3, is_sparse=True))


def read(reader, max_errors=0, **options) -> dict[str, list]:
    """Return the sequences of all streams."""
    given = {"randomize": False, "max_sweeps": 1, "trace_level": 0, **options}
    reading = MinibatchSource(reader, max_errors=max_errors, **given)
    found: dict[str, list] = {name: [] for name in reading.streams}
    while minibatch := reading.next_minibatch(4):
        for name, info in reading.streams.items():
            for part in minibatch[info].as_sequences():
                found[name].append((part.toarray() if info.is_sparse else part).tolist())
    return found


def samples(rows) -> list:
    return [[row] for row in np.asarray(rows).tolist()]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(deserializer, "CHUNK_BYTES", 30)


def saved(folder, how: str):
    """Save both arrays; return what to give to the deserializer."""
    if how == "npy":
        np.save(folder / "x.npy", X)
        np.save(folder / "y.npy", Y)
        return {"x": folder / "x.npy", "y": str(folder / "y.npy")}
    (np.savez if how == "savez" else np.savez_compressed)(folder / "a.npz", x=X, y=Y)
    return folder / "a.npz"


@pytest.mark.parametrize("how", ["savez", "compressed", "npy"])
def test_every_way_of_saving(tmp_path, how, small_chunks):
    reader = NumPyDeserializer(saved(tmp_path, how), STREAMS)
    assert reader.num_chunks() > 2
    assert read(reader) == {"x": samples(X), "y": samples(np.eye(3)[Y])}
    check_deserializer(reader)


def test_one_array(tmp_path):
    np.save(tmp_path / "x.npy", Y)
    assert read(NumPyDeserializer(tmp_path / "x.npy", StreamDefs(x=StreamDef()))) == {
        "x": samples(Y[:, None])
    }
    with pytest.raises(ValueError, match="holds one array; try: a dictionary"):
        NumPyDeserializer(tmp_path / "x.npy", STREAMS).num_chunks()


@pytest.mark.parametrize(
    "array",
    [
        X.astype(">f4"),
        X.astype(np.float64),
        X.astype(np.float16),
        X.astype(np.uint8),
        X.astype(">i2"),
        X == 3,
    ],
)
def test_element_types(tmp_path, array):
    np.savez(tmp_path / "a.npz", x=array)
    reader = NumPyDeserializer(tmp_path / "a.npz", StreamDefs(x=StreamDef()))
    assert read(reader)["x"] == samples(array.astype(np.float32))
    assert reader.get_chunk(0).streams["x"].rows.dtype == np.float32


def test_samples_of_doubles(tmp_path):
    np.save(tmp_path / "x.npy", X / 3.0)
    reader = NumPyDeserializer(tmp_path / "x.npy", StreamDefs(x=StreamDef()), dtype=np.float64)
    assert read(reader)["x"] == samples(X / 3.0)


def test_shapes(tmp_path):
    images = np.arange(24.0).reshape(2, 3, 4)
    np.savez(tmp_path / "a.npz", images=images, flat=images.reshape(2, 12))
    streams = StreamDefs(
        images=StreamDef(), flat=StreamDef(shape=(3, 4)), again=StreamDef("images", (3, 4))
    )
    found = read(NumPyDeserializer(tmp_path / "a.npz", streams))
    assert found == dict.fromkeys(("images", "flat", "again"), samples(images))


def test_sequences(tmp_path, small_chunks):
    np.savez(tmp_path / "a.npz", x=X, words=Y[:4], y=Y[:3], one=[1, 2, 3], other=[2, 1, 1])
    streams = StreamDefs(
        x=StreamDef(),
        words=StreamDef(shape=3, is_sparse=True),
        y=StreamDef(shape=3, is_sparse=True),
    )
    lengths = {"x": "one", "words": "other"}
    reader = NumPyDeserializer(tmp_path / "a.npz", streams, lengths=lengths)
    found = read(reader)
    assert found["x"] == [X[:1].tolist(), X[1:3].tolist(), X[3:].tolist()]
    assert found["words"] == [np.eye(3)[w].tolist() for w in ([0, 2], [1], [0])]
    assert found["y"] == samples(np.eye(3)[Y[:3]])
    check_deserializer(reader)
    definition = StreamDef(shape=3, is_sparse=True, defines_mb_size=True)
    streams = streams.updated_with(y=definition)
    counting = NumPyDeserializer(tmp_path / "a.npz", streams, lengths=lengths)
    check_deserializer(counting)
    assert [counting.sequence_sizes(i).max() for i in range(counting.num_chunks())] == [1] * 3
    assert [reader.sequence_sizes(i).tolist() for i in range(3)] == [[2], [2], [3]]


def test_one_array_of_lengths_for_all_streams(tmp_path):
    np.savez(tmp_path / "a.npz", x=X, y=Y, n=[4, 2])
    found = read(NumPyDeserializer(tmp_path / "a.npz", STREAMS, lengths="n"))
    assert [len(part) for part in found["x"] + found["y"]] == [4, 2, 4, 2]


@pytest.mark.parametrize("compressed", [False, True])
def test_sparse_matrices(tmp_path, compressed, small_chunks):
    dense = np.array([[0, 2, 0], [0, 0, 0], [1, 0, 3], [0, 0, 4]], np.float64)
    scipy.sparse.save_npz(tmp_path / "w.npz", scipy.sparse.csr_matrix(dense), compressed)
    np.save(tmp_path / "x.npy", X[:4])
    source = {"w": tmp_path / "w.npz", "x": tmp_path / "x.npy"}
    reader = NumPyDeserializer(source, StreamDefs(w=StreamDef(is_sparse=True), x=StreamDef()))
    assert read(reader) == {"w": samples(dense), "x": samples(X[:4])}
    check_deserializer(reader)


def test_shuffling_workers_and_checkpoints(tmp_path, small_chunks):
    np.save(tmp_path / "x.npy", np.arange(40.0))
    streams = StreamDefs(x=StreamDef())

    def reading(**options):
        reader = NumPyDeserializer(tmp_path / "x.npy", streams)
        return MinibatchSource(reader, randomization_window_in_chunks=4, **options)

    def numbers(minibatch, source):
        return minibatch[source.streams.x].asarray().ravel().astype(int).tolist()

    one, later = reading(), reading()
    whole = [numbers(one.next_minibatch(7), one) for _ in range(12)]
    assert sorted(sum(whole, [])[:40]) == list(range(40)) != sum(whole, [])[:40]
    later.restore_from_checkpoint({"minibatchSourcePosition": 21})
    assert [numbers(later.next_minibatch(7), later) for _ in range(3)] == whole[3:6]
    parts = []
    for i in range(3):
        worker = reading(max_sweeps=1)
        while minibatch := worker.next_minibatch(9, None, None, 3, i):
            parts += numbers(minibatch, worker)
    assert sorted(parts) == list(range(40))


def test_classes_that_do_not_exist(tmp_path):
    np.savez(tmp_path / "a.npz", y=[0, 3, -1, 2])
    reader = NumPyDeserializer(tmp_path / "a.npz", StreamDefs(y=STREAMS.y))
    with pytest.raises(RuntimeError, match="sequence 1, input 'y': expected a class from 0 to 2"):
        read(reader)
    assert read(reader, max_errors=2) == {"y": samples(np.eye(3)[[0, 2]])}


def test_numbers_beyond_float32(tmp_path):
    np.savez(tmp_path / "a.npz", x=[[1, 1], [1, 1e300], [2, 2]])
    reader = NumPyDeserializer(tmp_path / "a.npz", StreamDefs(x=StreamDef()))
    with pytest.raises(RuntimeError, match="sequence 1, input 'x': .* found others in row 1"):
        read(reader)
    assert read(reader, max_errors=1) == {"x": [[[1, 1]], [[2, 2]]]}


def test_sequences_without_samples(tmp_path):
    np.savez(tmp_path / "a.npz", x=X, n=[4, 0, 2])
    reader = NumPyDeserializer(tmp_path / "a.npz", StreamDefs(x=StreamDef()), lengths="n")
    with pytest.raises(RuntimeError, match="sequence 1, input 'x': expected at least one sample"):
        read(reader)
    assert [len(part) for part in read(reader, max_errors=1)["x"]] == [4, 2]


@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([2, 3], RuntimeError, "lengths of the sum 6, .* stream 'x'\n  found +a sum of 5"),
        ([8, -2], RuntimeError, "found +8 among them"),
        ([2**62, 2**62], RuntimeError, "found +4611686018427387904 among them"),
        ([2.0, 4.0], ValueError, "lengths are whole numbers; .* array of float64"),
        ([[2, 4]], ValueError, "of shape .1, 2."),
    ],
)
def test_lengths_that_do_not_fit(tmp_path, lengths, error, message):
    np.savez(tmp_path / "a.npz", x=X, n=lengths)
    with pytest.raises(error, match=message):
        read(NumPyDeserializer(tmp_path / "a.npz", StreamDefs(x=StreamDef()), lengths="n"))


@pytest.mark.parametrize(
    ("arrays", "definition", "message"),
    [
        ({"x": X}, StreamDef(shape=3), "expected samples of shape .3,.; .*float32 of shape .6, 2."),
        ({"x": X.reshape(3, 2, 2)}, StreamDef(shape=(4, 1)), "or with one axis"),
        ({"x": np.zeros((2**40, 0))}, StreamDef(), "expected samples of shape"),
        ({"x": np.float32(3)}, StreamDef(), "of shape ()"),
        ({"x": X}, StreamDef(shape=2, is_sparse=True), "whole numbers, one for each sample"),
        ({"x": Y}, StreamDef(is_sparse=True), "needs shape=..., the number of classes"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, arrays, definition, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        read(NumPyDeserializer(tmp_path / "a.npz", StreamDefs(x=definition)))


def test_streams_of_different_lengths(tmp_path):
    np.savez(tmp_path / "a.npz", x=X, y=Y[:4])
    with pytest.raises(RuntimeError, match="found  {'x': 6, 'y': 4}"):
        read(NumPyDeserializer(tmp_path / "a.npz", STREAMS))
    np.savez(tmp_path / "a.npz", x=X[:0], y=Y[:0])
    with pytest.raises(RuntimeError, match="holds no samples"):
        read(NumPyDeserializer(tmp_path / "a.npz", STREAMS))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("a.npz", StreamDefs()), {}, "no streams to read"),
        ((5, STREAMS), {}, "a source is a path, or a dictionary"),
        (({}, STREAMS), {}, "a source is a path"),
        (("a.npz", STREAMS), {"lengths": {"z": "n"}}, r"lengths of no stream: \['z'\]"),
        (
            ("a.npz", StreamDefs(a=COUNTING, b=COUNTING)),
            {},
            "only one of",
        ),
    ],
)  # fmt: skip
def test_other_arguments_are_checked(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        NumPyDeserializer(*arguments, **options)


def test_a_field_without_a_file():
    with pytest.raises(ValueError, match=r"stream 'y' has the field 'y', .* there are \['x'\]"):
        NumPyDeserializer({"x": "x.npy"}, StreamDefs(y=StreamDef())).num_chunks()
