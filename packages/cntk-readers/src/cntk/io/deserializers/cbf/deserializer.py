"""CBFDeserializer: CNTK's binary format."""

from __future__ import annotations

import math
import os
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk
from cntk.io.data_file import read_into
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.cbf.header import (
    ChunkPlace,
    Header,
    StoredStream,
    damaged,
    read_header,
)
from cntk.io.deserializers.cbf.records import DamagedChunkError, read_stream
from cntk.io.problems import Problem
from cntk.io.streams import sample_shape
from cntk.minibatch import StreamInformation


class CBFDeserializer(Deserializer):
    """Reads a file in CNTK's binary format, which ``python -m cntk convert`` makes of a text file.

    The file knows names, shapes and storage of its streams, and all of them are read. Definitions
    give streams other names, another static shape of the same size, or ``defines_mb_size``. The key
    of a sequence, by which others are joined, is its number in the file.

    Args:
        filename: the file.
        streams: :class:`StreamDefs` for streams that are to be called or shaped differently;
            ``field`` is the name in the file.

    Raises:
        ValueError: a definition does not fit the file.
        RuntimeError: the file is missing or damaged.

    >>> import tempfile
    >>> from cntk.io import MinibatchSource
    >>> from cntk.io.deserializers.cbf.write import write_cbf
    >>> from cntk.io.deserializer import Deserializer
    >>> class Pairs(Deserializer):
    ...     def stream_infos(self):
    ...         return [StreamInformation("pair", 0, "dense", np.float32, (2,))]
    ...     def num_chunks(self):
    ...         return 1
    ...     def get_chunk(self, chunk_id):
    ...         return {"pair": np.array([[1, 2], [3, 4]], np.float32)}
    >>> path = tempfile.mkdtemp() + "/train.cbf"
    >>> write_cbf(path, Pairs())
    2
    >>> source = MinibatchSource(CBFDeserializer(path), randomize=False)
    >>> source.next_minibatch(2)[source.streams.pair].asarray().tolist()
    [[[1.0, 2.0]], [[3.0, 4.0]]]
    """

    reads_ahead = True

    def __init__(self, filename, streams={}) -> None:  # noqa: B006 - as in CNTK 2.7
        self.filename = os.fspath(filename)
        self._definitions = dict(streams or {})
        for name, definition in self._definitions.items():
            if not definition.get("stream_alias"):
                raise ArgumentError(
                    f"CBFDeserializer: stream '{name}' needs its name in the file; "
                    f"try: {name}=StreamDef(field='name in the file')"
                )
        if sum(bool(d.get("defines_mb_size")) for d in self._definitions.values()) > 1:
            raise ArgumentError("CBFDeserializer: only one stream can define the minibatch size")

    @cached_property
    def header(self) -> Header:
        """The streams and chunks of the file, read at first use."""
        return read_header(self.filename)

    @cached_property
    def _infos(self) -> list[StreamInformation]:
        stored = {stream.name: stream for stream in self.header.streams}
        renamed = {}
        for name, definition in self._definitions.items():
            field = str(definition["stream_alias"])
            if field not in stored:
                raise ArgumentError(
                    f"CBFDeserializer: {self.filename} has no stream '{field}'; "
                    f"it has {', '.join(map(repr, stored))}"
                )
            renamed[field] = name
        infos = []
        for number, stream in enumerate(self.header.streams):
            name = renamed.get(stream.name, stream.name)
            infos.append(self._info(number, name, stream, self._definitions.get(name)))
        names = [info.name for info in infos]
        if len(set(names)) < len(names) or len(renamed) < len(self._definitions):
            raise ArgumentError(
                f"CBFDeserializer: {self.filename}: two streams of one name {names}"
            )
        return infos

    def _info(self, number: int, name: str, stream: StoredStream, definition) -> StreamInformation:
        shape: tuple[int, ...] = (stream.dim,)
        if definition is not None and definition.get("dim") is not None:
            shape = sample_shape("CBFDeserializer", name, definition)
            wanted = math.prod(shape)
            if wanted != stream.dim:
                raise ArgumentError(
                    f"CBFDeserializer: stream '{name}': {self.filename} has samples of "
                    f"{stream.dim} values, and shape={definition.dim!r} has {wanted}"
                )
        storage = "sparse" if stream.is_sparse else "dense"
        defines = definition is not None and bool(definition.get("defines_mb_size"))
        return StreamInformation(name, number, storage, stream.dtype, shape, defines)

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams of the file."""
        return list(self._infos)

    def num_chunks(self) -> int:
        """Return the number of chunks."""
        return len(self.header.chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the sequences of a part of the file.

        Raises:
            RuntimeError: the chunk is damaged, or the file was changed.
        """
        place = self.header.chunks[chunk_id]
        if place.size % 4:
            raise damaged(self.filename, place.offset, "a multiple of four bytes", place.size)
        words = np.empty(place.size // 4, "<u4")
        read_into(self.filename, self.header.stamp, place.offset, words.view(np.uint8))
        try:
            return self._parse(words, place, chunk_id)
        except DamagedChunkError as error:
            byte = place.offset + 4 * error.word
            raise damaged(self.filename, byte, error.expected, error.found) from None

    def _parse(self, words: np.ndarray, place: ChunkPlace, chunk_id: int) -> Chunk:
        longest = words[: place.num_sequences].astype(np.int64)
        at, streams, is_valid = place.num_sequences, {}, np.ones(place.num_sequences, bool)
        for stream, info in zip(self.header.streams, self._infos):
            sequences, is_wrong, at = read_stream(words, at, longest, stream)
            for sequence in np.flatnonzero(is_wrong & is_valid).tolist():
                where = f"sequence {place.first + sequence} (chunk {chunk_id})"
                expected = f"up to {longest[sequence]} samples, with indices below {stream.dim}"
                problem = Problem(where, stream.name, expected, "something else")
                self.problems.error(chunk_id, problem)
            is_valid &= ~is_wrong
            if len(info.shape) > 1 and not stream.is_sparse:
                sequences = sequences.shaped(info.shape)
            streams[info.name] = sequences
        if at != len(words):
            found = f"{4 * (len(words) - at)} bytes more"
            raise DamagedChunkError(at, "the end of the chunk", found)
        defining = [info.name for info in self._infos if info.m_defines_mb_size]
        sizes = streams[defining[0]].lengths if defining else longest
        self.problems.chunk_is_read(chunk_id)
        return Chunk(streams, self.sequence_keys(chunk_id), sizes, is_valid)

    def sequence_sizes(self, chunk_id: int) -> np.ndarray | None:
        """Return the length of each sequence, with which a chunk begins."""
        if any(info.m_defines_mb_size for info in self._infos):
            return None
        place = self.header.chunks[chunk_id]
        words = np.empty(place.num_sequences, "<u4")
        read_into(self.filename, self.header.stamp, place.offset, words.view(np.uint8))
        return words.astype(np.int64)

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the numbers of a chunk's sequences in the file."""
        place = self.header.chunks[chunk_id]
        return np.arange(place.first, place.first + place.num_sequences).astype(np.uint64)

    def describe(self) -> str:
        """Return the file's name."""
        return self.filename
