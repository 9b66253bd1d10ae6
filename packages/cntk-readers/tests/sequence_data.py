"""Random sequences, as a deserializer gives them from memory."""

from __future__ import annotations

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.minibatch import StreamInformation
from cntk.sparse import SparseRows


class InMemory(Deserializer):
    """Gives chunks that are at hand.

    Args:
        infos: the streams.
        chunks: the chunks.
    """

    def __init__(self, infos: list[StreamInformation], chunks: list[Chunk]) -> None:
        self._infos, self._chunks = infos, chunks

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return self._infos

    def num_chunks(self) -> int:
        """Return the number of chunks."""
        return len(self._chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return a chunk."""
        return self._chunks[chunk_id]


def random_data(seed: int, longest: int, dtype=np.float32) -> InMemory:
    """Return two chunks of a dense stream, a sparse one, and one with a sample per sequence.

    Args:
        seed: for the numbers and lengths.
        longest: most samples of a sequence; 1: all sequences are one sample.
        dtype: element type of the streams.
    """
    random = np.random.default_rng(seed)
    infos = [
        StreamInformation("dense", 0, "dense", dtype, (2, 3)),
        StreamInformation("sparse", 1, "sparse", dtype, (50,)),
        StreamInformation("label", 2, "sparse", dtype, (4,)),
    ]
    return InMemory(infos, [_chunk(random, longest, dtype) for _ in range(2)])


def _chunk(random: np.random.Generator, longest: int, dtype) -> Chunk:
    lengths = random.integers(1, longest + 1, size=7)
    count = int(lengths.sum())
    dense = random.normal(size=(count, 2, 3)).astype(dtype)
    values = random.normal(size=(count, 50)) * (random.random((count, 50)) < 0.1)
    labels = np.eye(4, dtype=dtype)[random.integers(0, 4, size=7)]
    return Chunk(
        {
            "dense": SequenceRows(dense, lengths),
            "sparse": SequenceRows(SparseRows.from_dense(values.astype(dtype)), lengths),
            "label": SequenceRows(SparseRows.from_dense(labels), np.ones(7, np.int64)),
        }
    )


def assert_same(found: Chunk, expected: Chunk) -> None:
    """Fail unless two chunks hold the same sequences."""
    assert set(found.streams) == set(expected.streams)
    for name, part in expected.streams.items():
        own = found.streams[name]
        np.testing.assert_array_equal(own.lengths, part.lengths, err_msg=name)
        rows = [
            each.to_dense() if isinstance(each, SparseRows) else each
            for each in (own.rows, part.rows)
        ]
        assert rows[0].dtype == rows[1].dtype
        np.testing.assert_array_equal(*rows, err_msg=name)
