"""Several deserializers as one: sequences are joined by key."""

from __future__ import annotations

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows, gather
from cntk.io.chunk_store import ChunkStore
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.io.problems import data_error
from cntk.minibatch import StreamInformation


class CompositeDeserializer(Deserializer):
    """Joins deserializers: the first gives chunks and order, the others are looked up by key.

    A sequence whose key another deserializer lacks is left out; where a key occurs twice there, the
    first occurrence counts.

    Args:
        parts: the deserializers.

    Raises:
        ValueError: one of them cannot be joined, or two streams have one name.
        RuntimeError: no key occurs in all of them.
    """

    def __init__(self, parts: list[Deserializer]) -> None:
        for part in parts:
            if not part.is_composable:
                raise ArgumentError(
                    f"{part.describe()} has no keys: it cannot be joined with others"
                )
        infos = [info for part in parts for info in part.stream_infos()]
        names = [info.name for info in infos]
        if parts[0].broadcast_streams:
            raise ArgumentError(
                f"Cannot expand utterances of the primary stream {min(parts[0].broadcast_streams)}"
                ", please change your configuration: the first deserializer drives the others"
            )
        if len(set(names)) < len(names):
            raise ArgumentError(
                f"streams of different deserializers have one name: {sorted(names)}"
            )
        self._infos = [_renumbered(info, i) for i, info in enumerate(infos)]
        self._first, self._others = parts[0], [_Lookup(part) for part in parts[1:]]
        self._store = ChunkStore(lambda i: as_chunk(self._first.get_chunk(i), self._first, i))
        self._places: dict[int, tuple[np.ndarray, list[np.ndarray]]] = {}
        if not any(len(self._join(i)[0]) for i in range(self.num_chunks())):
            raise data_error(
                "Could not reconcile data between different deserializers. "
                "Keys of logical sequences do not match.",
                *(f"{part.describe()}: {_some_keys(part)}" for part in parts),
                hint="begin corresponding lines of the files with the same sequence id",
            )

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams of all parts."""
        return list(self._infos)

    def num_chunks(self) -> int:
        """Return the number of chunks of the first part."""
        return self._first.num_chunks()

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the sequences of a chunk of the first part, joined with those of the others."""
        own, found = self._join(chunk_id)
        chunk = self._store.get(chunk_id).take(own)
        streams, is_valid, sizes = chunk.streams, chunk.is_valid, chunk.sizes
        for other, places in zip(self._others, found):
            more = other.gather(places)
            streams = streams | _broadcast(more.streams, other.part, sizes)
            is_valid = is_valid & more.is_valid
            sizes = np.maximum(sizes, more.sizes)
        defining = [info.name for info in self._infos if info.m_defines_mb_size]
        if defining:
            sizes = streams[defining[0]].lengths
        return Chunk(streams, chunk.keys, sizes, is_valid)

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the keys of the sequences that all parts have."""
        own, _ = self._join(chunk_id)
        return self._keys(self._first, self._store, chunk_id)[own]

    def in_frames(self) -> bool:
        """Return whether frame mode takes the sequences of all parts apart."""
        return all(part.in_frames() for part in (self._first, *(o.part for o in self._others)))

    def describe(self) -> str:
        """Return the names of all parts."""
        parts = [self._first, *(other.part for other in self._others)]
        return " + ".join(part.describe() for part in parts)

    def _join(self, chunk_id: int) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return which sequences of a chunk all others have, and their places there."""
        if chunk_id not in self._places:
            keys = self._keys(self._first, self._store, chunk_id)
            found = [other.find(keys) for other in self._others]
            own = np.flatnonzero(np.all([places >= 0 for places in found], axis=0))
            self._places[chunk_id] = own, [places[own] for places in found]
        return self._places[chunk_id]

    @staticmethod
    def _keys(part: Deserializer, store: ChunkStore, chunk_id: int) -> np.ndarray:
        keys = part.sequence_keys(chunk_id)
        if keys is None:
            keys = store.get(chunk_id).keys
        if keys is None:
            raise ArgumentError(f"{part.describe()} has no keys: it cannot be joined with others")
        return keys


class _Lookup:
    """A deserializer whose sequences are found by key."""

    def __init__(self, part: Deserializer) -> None:
        self.part = part
        self.store = ChunkStore(lambda i: as_chunk(part.get_chunk(i), part, i))
        number = range(part.num_chunks())
        keys = [CompositeDeserializer._keys(part, self.store, i) for i in number]
        counts = [len(each) for each in keys]
        self.first_of_chunk = np.concatenate(([0], np.cumsum(counts)))
        self.keys, self.places = np.unique(np.concatenate(keys), return_index=True)

    def find(self, keys: np.ndarray) -> np.ndarray:
        """Return the number of each key's sequence, -1 where there is none."""
        if keys.dtype.kind != self.keys.dtype.kind:  # numbers on one side, names on the other
            return np.full(len(keys), -1)
        at = np.searchsorted(self.keys, keys)
        at[at == len(self.keys)] = 0
        return np.where(self.keys[at] == keys, self.places[at], -1)

    def gather(self, places: np.ndarray) -> Chunk:
        """Return the sequences of some numbers, in that order."""
        chunk_of = np.searchsorted(self.first_of_chunk, places, side="right") - 1
        chunk_ids, which = np.unique(chunk_of, return_inverse=True)
        chunks = [self.store.get(chunk_id) for chunk_id in chunk_ids.tolist() or [0]]
        return gather(chunks, which, places - self.first_of_chunk[chunk_of])


def _broadcast(streams: dict, part: Deserializer, sizes: np.ndarray) -> dict:
    """Return the streams of a part, those that belong to whole sequences repeated."""
    repeated = {}
    for name in part.broadcast_streams:
        own = streams[name]
        if (own.lengths != 1).any():
            sequence = int(np.argmax(own.lengths != 1))
            raise data_error(
                f"{part.describe()}: stream '{name}' belongs to whole sequences (broadcast), "
                f"and one has {own.lengths[sequence]} samples",
                "expected  one sample in each of its sequences",
            )
        repeated[name] = SequenceRows(own.rows[np.repeat(np.arange(len(sizes)), sizes)], sizes)
    return streams | repeated


def _renumbered(info: StreamInformation, number: int) -> StreamInformation:
    storage = "sparse" if info.is_sparse else "dense"
    return StreamInformation(
        info.name, number, storage, info.dtype, info.shape, info.m_defines_mb_size
    )


def _some_keys(part: Deserializer) -> str:
    keys = part.sequence_keys(0)
    if keys is None:
        return "keys are known after reading"
    return "keys " + ", ".join(map(str, keys[:5])) + (", ..." if len(keys) > 5 else "")
