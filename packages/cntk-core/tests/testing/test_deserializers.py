"""The checks of deserializers find what is wrong: each reader here breaks one promise."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.minibatch import StreamInformation
from cntk.sparse import SparseRows
from cntk.testing import Mismatch, check_deserializer, deserializer_cases


class Numbers:
    """A reader of two chunks: a dense stream of single samples, a sparse one of sequences."""

    infos = [
        StreamInformation("x", 0, "dense", np.float32, (2,)),
        StreamInformation("y", 1, "sparse", np.float32, (4,)),
    ]

    def stream_infos(self):
        return self.infos

    def num_chunks(self):
        return 2

    def get_chunk(self, chunk_id):
        x = np.arange(6, dtype=np.float32).reshape(3, 2) + chunk_id
        ones = np.eye(4, dtype=np.float32)
        y = [SparseRows.from_dense(ones[: i + 1]) for i in range(3)]
        return {"x": x, "y": y}

    def sequence_sizes(self, chunk_id):
        return np.array([1, 2, 3])

    def sequence_keys(self, chunk_id):
        return np.arange(3) + 3 * chunk_id


def failures(deserializer):
    """Return {check: message} of the checks that fail."""
    found = {}
    for case in deserializer_cases("tried", deserializer):
        try:
            case.run()
        except Exception as error:
            found[case.what] = str(error)
    return found


def test_a_good_deserializer_passes():
    check_deserializer(Numbers())


def test_a_dense_stream_may_be_given_as_sparse_rows():
    class Compressed(Numbers):
        def get_chunk(self, chunk_id):
            data = super().get_chunk(chunk_id)
            return {**data, "x": SparseRows.from_dense(data["x"])}

    check_deserializer(Compressed())


@pytest.mark.parametrize(
    "infos, complaint",
    [
        ([], "is empty"),
        ([StreamInformation("x", i, "dense", np.float32, (2,)) for i in range(2)], "one name"),
        ([StreamInformation(n, 0, "dense", np.float32, (2,)) for n in "xy"], "one number"),
        ([StreamInformation("x", 0, "dense", np.float32, (-3,))], "sizes that are not known"),
    ],
)
def test_wrong_streams(infos, complaint):
    broken = Numbers()
    broken.infos = infos
    assert complaint in failures(broken)["streams"]


@pytest.mark.parametrize("count", [0, 1.5, True, None])
def test_a_count_that_is_none(count):
    broken = Numbers()
    broken.num_chunks = lambda: count
    with pytest.raises(Mismatch, match="no positive number"):
        deserializer_cases("tried", broken)[1].run()


@pytest.mark.parametrize(
    "change, complaint",
    [
        (lambda data: {"x": data["x"]}, "has no stream 'y'"),
        (lambda data: {**data, "x": data["x"][:, :1]}, "another shape than is announced"),
        (lambda data: {**data, "x": data["x"][:2]}, "different numbers of sequences"),
        (lambda data: {**data, "x": data["x"].astype(str)}, "no numbers"),
        (lambda data: {**data, "y": [*data["y"][:2], data["y"][2][:0]]}, "do not fit 3 samples"),
        (lambda data: {**data, "y": []}, "sequences are missing"),
        (lambda data: list(data.values()), "returns a list"),
    ],
)
def test_wrong_contents(change, complaint):
    class Broken(Numbers):
        def get_chunk(self, chunk_id):
            return change(super().get_chunk(chunk_id))

    assert complaint in failures(Broken())["contents"]


def test_a_chunk_that_changes():
    class Broken(Numbers):
        times = 0

        def get_chunk(self, chunk_id):
            self.times += 1
            return {**super().get_chunk(chunk_id), "x": np.full((3, 2), self.times)}

    assert set(failures(Broken())) == {"repeatable"}


def test_keys_and_sizes_that_do_not_fit():
    class Short(Numbers):
        def sequence_sizes(self, chunk_id):
            return np.array([1])

    class Twice(Numbers):
        def sequence_keys(self, chunk_id):
            return np.arange(3)

    assert "another length" in failures(Short())["announced"]
    assert "one key" in failures(Twice())["announced"]
