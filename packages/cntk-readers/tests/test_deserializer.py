"""Deserializers that a script or a package writes."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import (
    Chunk,
    Deserializer,
    MinibatchSource,
    SequenceRows,
    StreamInformation,
    UserDeserializer,
)
from cntk.sparse import SparseRows

from .ctf_files import reader, sequences

EYE = SparseRows.from_dense(np.eye(2, 3, dtype=np.float32))
DENSE = StreamInformation("f", 0, "dense", np.float32, (2,))
SPARSE = StreamInformation("g", 1, "sparse", np.float32, (3,))


class Given(UserDeserializer):
    """Two chunks; the data of a chunk are its number times what is given."""

    def __init__(self, infos, make) -> None:
        self.infos, self.make, self.num_reads = infos, make, 0

    def stream_infos(self):
        return self.infos

    def num_chunks(self):
        return 2

    def get_chunk(self, chunk_id):
        self.num_reads += 1
        return self.make(chunk_id)


def ragged(chunk_id):
    return {"f": [np.full((2, 2), chunk_id), np.full((1, 2), chunk_id)], "g": EYE}


def read(make, infos=(DENSE, SPARSE), **options):
    source = MinibatchSource(
        Given(list(infos), make), **{"randomize": False, "max_sweeps": 1, **options}
    )
    found = []
    while minibatch := source.next_minibatch(2):
        found.append(sequences(minibatch))
    return found


def test_lists_are_sequences_and_matrices_are_samples():
    zero, one = [0.0, 0.0], [1.0, 1.0]
    first, second = [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]
    assert read(ragged) == [
        {"f": [[zero, zero]], "g": [first]},
        {"f": [[zero]], "g": [second]},
        {"f": [[one, one]], "g": [first]},
        {"f": [[one]], "g": [second]},
    ]


def test_a_chunk_can_be_given_packed():
    def packed(chunk_id):
        rows = np.full((3, 2), chunk_id, np.float32)
        return Chunk({"f": SequenceRows(rows, np.array([1, 2]))})

    assert [len(m["f"][0]) for m in read(packed, [DENSE])] == [1, 2, 1, 2]


def test_chunks_are_read_once_while_they_fit_in_memory():
    deserializer = Given([DENSE, SPARSE], ragged)
    source = MinibatchSource(deserializer, max_sweeps=5)
    while source.next_minibatch(3):
        pass
    assert deserializer.num_reads == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1, 2], "expected a dict of streams, got list"),
        ({"f": np.ones((2, 2))}, "stream 'g' is missing"),
        ({"f": np.ones((2, 3)), "g": EYE}, "stream 'f': expected samples of shape .2,., got .3,."),
        ({"f": np.array([["a", "b"]]), "g": EYE}, "stream 'f': expected numbers"),
        ({"f": "text", "g": EYE}, "expected numbers|expected an array"),
        ({"f": [np.ones((0, 2)), np.ones((1, 2))], "g": EYE}, "sequence 0 is empty"),
        ({"f": np.ones((3, 2)), "g": EYE}, "different numbers of sequences"),
        ({"f": 5, "g": EYE}, "expected an array, a CSR matrix, or a list"),
    ],
)
def test_data_that_do_not_fit_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        read(lambda chunk_id: data)


@pytest.mark.parametrize("method", ["stream_infos", "num_chunks", "get_chunk"])
def test_the_three_methods_are_needed(method):
    class Incomplete(Deserializer):
        pass

    assert method in Deserializer.__abstractmethods__
    with pytest.raises(TypeError, match=method):
        Incomplete()


def test_a_user_deserializer_stands_alone(tmp_path):
    with pytest.raises(ValueError, match="cannot be joined"):
        MinibatchSource(
            [Given([DENSE], ragged), reader(tmp_path / "f", "|a 1\n", {"a": ("a", 1, False)})]
        )
