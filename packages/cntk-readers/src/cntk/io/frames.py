"""Frame mode: each sample of a sequence becomes a sequence of its own."""

from __future__ import annotations

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.io.problems import Problem
from cntk.minibatch import StreamInformation


class FrameDeserializer(Deserializer):
    """Takes the sequences of a deserializer apart.

    A sequence whose streams have different numbers of samples is malformed.

    Args:
        inner: gives sequences.
    """

    is_composable = False

    def __init__(self, inner: Deserializer) -> None:
        self._inner = inner

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return self._inner.stream_infos()

    def num_chunks(self) -> int:
        """Return the number of chunks."""
        return self._inner.num_chunks()

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the samples of a chunk."""
        chunk = as_chunk(self._inner.get_chunk(chunk_id), self._inner, chunk_id)
        lengths = [part.lengths for part in chunk.streams.values()]
        is_valid = chunk.is_valid & np.all([each == chunk.sizes for each in lengths], axis=0)
        for sequence in np.flatnonzero(chunk.is_valid & ~is_valid).tolist():
            name = sequence if chunk.keys is None else chunk.keys[sequence]
            counts = [f"{n}: {p.lengths[sequence]}" for n, p in chunk.streams.items()]
            expected = f"{chunk.sizes[sequence]} samples in each stream"
            problem = Problem(f"sequence {name}", "", expected, ", ".join(counts))
            self.problems.error(chunk_id, problem)
        self.problems.chunk_is_read(chunk_id)
        frame_is_valid = np.repeat(is_valid, chunk.sizes)
        kept = np.flatnonzero(is_valid)
        ones = frame_is_valid.astype(np.int64)
        streams = {
            name: SequenceRows((part if is_valid.all() else part.take(kept)).rows, ones)
            for name, part in chunk.streams.items()
        }
        return Chunk(streams, None, np.ones(len(ones), np.int64), frame_is_valid)

    def sequence_sizes(self, chunk_id: int) -> np.ndarray | None:
        """Return 1 for each sample, if their number is known without reading."""
        sizes = self._inner.sequence_sizes(chunk_id)
        return None if sizes is None else np.ones(int(sizes.sum()), np.int64)

    def describe(self) -> str:
        """Return the name of what is taken apart."""
        return self._inner.describe()
