"""CTFDeserializer: CNTK's text format."""

from __future__ import annotations

import os
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.index import CHUNK_BYTES, ChunkPlace, FileIndex, index_file
from cntk.io.deserializers.ctf.layout import Input
from cntk.io.deserializers.ctf.lines import group_lines, line_starts, text_end
from cntk.io.deserializers.ctf.parse import ChunkParser
from cntk.io.deserializers.ctf.scratch import borrowed
from cntk.io.streams import sample_shape
from cntk.minibatch import StreamInformation


class CTFDeserializer(Deserializer):
    """Reads a file in CNTK's text format: lines ``[sequence id] |alias values |alias values ...``.

    Dense values are numbers between blanks, sparse ones ``index:value``. Lines that follow each
    other with the same id, and lines without an id after one with an id, form a sequence; without
    any id each line is a sample of its own.

    Args:
        filename: the file.
        streams: :class:`StreamDefs`; each needs ``field`` (the alias) and ``shape``.
        chunk_bytes: bytes of the file that are read at once.

    Raises:
        ValueError: a stream's definition is not complete.

    >>> import tempfile
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/train.ctf"
    ...     with open(path, "w") as file:
    ...         _ = file.write("|x 1 2 |y 2:1\\n|x 3 4 |y 0:1\\n")
    ...     streams = StreamDefs(x=StreamDef("x", 2), y=StreamDef("y", 3, is_sparse=True))
    ...     source = MinibatchSource(CTFDeserializer(path, streams), randomize=False)
    ...     minibatch = source.next_minibatch(2)
    >>> minibatch[source.streams.x].asarray().tolist()
    [[[1.0, 2.0]], [[3.0, 4.0]]]
    """

    reads_ahead = True

    def __init__(self, filename, streams, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.filename = os.fspath(filename)
        self._chunk_bytes = chunk_bytes
        self._infos: list[StreamInformation] = []
        self._inputs: list[Input] = []
        if not streams:
            raise ArgumentError("CTFDeserializer: no streams to read; give StreamDefs(name=...)")
        for name, definition in streams.items():
            self._add(name, definition)
        defining = [info.name for info in self._infos if info.m_defines_mb_size]
        if len(defining) > 1:
            raise ArgumentError(f"CTFDeserializer: only one of {defining} can define the size")
        self._defining = defining[0] if defining else None

    def _add(self, name: str, definition) -> None:
        alias = definition.get("stream_alias")
        if not alias:
            raise ArgumentError(
                f"CTFDeserializer: stream name for key {name} must be specified; "
                f"try: {name}=StreamDef(field='alias in the file', ...)"
            )
        alias_bytes = str(alias).encode()
        if any(byte in b" \t\r\n|" for byte in alias_bytes) or alias_bytes.startswith(b"#"):
            raise ArgumentError(f"CTFDeserializer: {alias!r} cannot be the name of an input")
        for other, info in zip(self._inputs, self._infos):
            if other.alias == alias_bytes:
                raise ArgumentError(f"Alias {alias} is already mapped to input {info.name}.")
        shape = sample_shape("CTFDeserializer", name, definition)
        is_sparse = bool(definition.get("is_sparse"))
        self._inputs.append(Input(name, alias_bytes, int(np.prod(shape)), is_sparse))
        storage = "sparse" if is_sparse else "dense"
        counts = bool(definition.get("defines_mb_size"))
        number = len(self._infos)
        self._infos.append(StreamInformation(name, number, storage, np.float32, shape, counts))

    @cached_property
    def index(self) -> FileIndex:
        """The places of the chunks in the file, found at first use."""
        return index_file(self.filename, self._chunk_bytes)

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return list(self._infos)

    def num_chunks(self) -> int:
        """Return the number of chunks; finds them at first use."""
        return len(self.index.chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the sequences of a part of the file.

        Raises:
            RuntimeError: the file has more malformed lines than allowed, or was changed.
        """
        place = self.index.chunks[chunk_id]
        after = max(len(wanted.alias) for wanted in self._inputs) + 8
        with borrowed("text") as scratch:
            text = self.index.read(place, after, scratch)
            has_ids, inputs = self.index.has_ids, self._inputs
            chunk = ChunkParser(text, place, chunk_id, has_ids, inputs, self.problems).parse()
        for wanted, info in zip(self._inputs, self._infos):
            if len(info.shape) > 1 and not wanted.is_sparse:
                chunk.streams[info.name] = chunk.streams[info.name].shaped(info.shape)
        if self._defining:
            chunk.sizes = chunk.streams[self._defining].lengths
        return chunk

    def sequence_sizes(self, chunk_id: int) -> np.ndarray | None:
        """Return the lines of each sequence, which only need a look at the ids."""
        place = self.index.chunks[chunk_id]
        if self._defining:
            return None
        if not self.index.has_ids:
            return np.ones(place.num_lines, np.int64)
        return np.bincount(self._groups(place)[0])

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the sequence ids, or the line numbers where there are none."""
        place = self.index.chunks[chunk_id]
        if not self.index.has_ids:
            return np.arange(place.line, place.line + place.num_lines).astype(np.uint64)
        return self._groups(place)[2]

    def _groups(self, place: ChunkPlace):
        with borrowed("text") as scratch:
            text = self.index.read(place, scratch=scratch)
            begins = line_starts(text, PADDING, text_end(text, place.size))
            return group_lines(text, begins, True)

    def describe(self) -> str:
        """Return the file's name."""
        return self.filename
