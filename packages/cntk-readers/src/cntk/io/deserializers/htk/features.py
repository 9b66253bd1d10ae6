"""HTKFeatureDeserializer: frames of speech features, with their neighbours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.htk.archive import ArchiveError
from cntk.io.deserializers.htk.feature_stream import FeatureStream, archive_problem
from cntk.io.deserializers.htk.script import Utterance, read_script
from cntk.io.deserializers.htk.utterances import cut_chunks, keys_of
from cntk.io.problems import data_error
from cntk.minibatch import StreamInformation

CHUNK_BYTES = 32 << 20


class HTKFeatureDeserializer(Deserializer):
    """Reads speech features that HTK scripts find in archives.

    A script (SCP file) has lines ``utterance=archive[first frame,last frame]``; the utterance
    without its extension is the key by which labels are joined. A sample is a frame, with the
    frames before and after it where ``context=(before, after)`` asks for them: at the ends of an
    utterance its first or last frame is repeated. Without a context, a shape that is an odd
    multiple of what the archives hold has as many neighbours on both sides.

    Uncompressed and compressed files of the kinds MFCC, FBANK, PLP and USER are read, big- or
    little-endian. ``MinibatchSource(frame_mode=True)`` takes utterances apart.

    Args:
        streams: :class:`StreamDefs`; each needs ``shape``, the values of a frame, and ``scp``.
            ``broadcast=True``: the one frame of an utterance belongs to all frames of the
            deserializer that this one is joined to.
        roots: folders that archives may lie in; default: those of the script and the current one.

    Raises:
        ValueError: a definition is not complete.
        RuntimeError: a script or an archive cannot be used.

    >>> import os, struct, tempfile
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> folder = tempfile.mkdtemp()
    >>> with open(folder + "/a.fea", "wb") as file:
    ...     _ = file.write(struct.pack(">iihh3f", 3, 100000, 4, 9, 1, 2, 3))
    >>> with open(folder + "/train.scp", "w") as file:
    ...     _ = file.write("one=.../a.fea[0,2]")
    >>> features = StreamDef(shape=1, context=(1, 0), scp=folder + "/train.scp")
    >>> source = MinibatchSource(HTKFeatureDeserializer(StreamDefs(x=features)))
    >>> source.next_minibatch(3)[source.streams.x].asarray()[0].tolist()
    [[1.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """

    def __init__(self, streams, roots: Sequence[str] | None = None) -> None:
        if not streams:
            raise ArgumentError("HTKFeatureDeserializer: no streams; give StreamDefs(name=...)")
        self._streams = [FeatureStream(name, definition) for name, definition in streams.items()]
        self._roots = [roots] if isinstance(roots, (str, os.PathLike)) else roots
        self._infos = []
        for number, stream in enumerate(self._streams):
            shape, counts = (stream.dim,), stream.defines_mb_size
            info = StreamInformation(stream.name, number, "dense", np.float32, shape, counts)
            self._infos.append(info)
        self.broadcast_streams = frozenset(s.name for s in self._streams if s.broadcast)

    @cached_property
    def _utterances(self) -> list[list[Utterance]]:
        """For each stream the utterances that all have, in the order of the first script."""
        found: list[dict[str, Utterance]] = []
        for stream in self._streams:
            listed = read_script(stream.script, self._roots, stream.longest, self.problems)
            found.append({utterance.key: utterance for utterance in listed})
        keys = [key for key in found[0] if all(key in other for other in found[1:])]
        if not keys:
            raise data_error(
                "Could not reconcile data between different deserializers. "
                "Keys of logical sequences do not match.",
                *(f"{s.script}: {len(each)} utterances" for s, each in zip(self._streams, found)),
            )
        for stream, by_key in zip(self._streams, found):
            stream.look_at([by_key[key].path for key in keys])
        return [[each[key] for key in keys] for each in found]

    @cached_property
    def _chunks(self) -> list[slice]:
        widths = sum(stream.dim for stream in self._streams)
        longest = np.maximum.reduce(
            [[each.num_frames for each in listed] for listed in self._utterances]
        )
        return cut_chunks(longest, max(1, CHUNK_BYTES // (4 * widths)))

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return list(self._infos)

    def num_chunks(self) -> int:
        """Return the number of chunks; reads the scripts at first use."""
        return len(self._chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return some utterances.

        Raises:
            RuntimeError: more of them cannot be read than allowed.
        """
        part = self._chunks[chunk_id]
        is_valid = np.ones(part.stop - part.start, bool)
        streams = {}
        for stream, listed in zip(self._streams, self._utterances):
            streams[stream.name] = self._read(stream, listed[part], chunk_id, is_valid)
        self.problems.chunk_is_read(chunk_id)
        sizes = self.sequence_sizes(chunk_id)
        return Chunk(streams, self.sequence_keys(chunk_id), sizes, is_valid)

    def _read(
        self, stream: FeatureStream, listed: list[Utterance], chunk_id: int, is_valid: np.ndarray
    ) -> SequenceRows:
        """Return the utterances of one stream; mark those that cannot be read."""
        lengths = np.array([utterance.num_frames for utterance in listed])
        frames = np.zeros((int(lengths.sum()), stream.kind.dim), np.float32)
        ends = np.cumsum(lengths)
        archive, path = None, None
        try:
            for i, utterance in enumerate(listed):
                try:
                    if utterance.path != path:
                        if archive is not None:
                            archive.__exit__()
                        archive, path = None, None
                        archive, path = stream.open(utterance.path), utterance.path
                    assert archive is not None
                    archive.read(utterance.first, frames[ends[i] - lengths[i] : ends[i]])
                except (ArchiveError, RuntimeError) as error:
                    place = f"line {utterance.line} of {stream.script}, archive {utterance.path}"
                    self.problems.error(chunk_id, archive_problem(error, place))
                    is_valid[i] = False
        finally:
            if archive is not None:
                archive.__exit__()
        return SequenceRows(stream.with_neighbours(frames, lengths), lengths)

    def sequence_sizes(self, chunk_id: int) -> np.ndarray:
        """Return the frames of each utterance, as the script says."""
        part = self._chunks[chunk_id]
        lengths = [[each.num_frames for each in listed[part]] for listed in self._utterances]
        for stream, own in zip(self._streams, lengths):
            if stream.defines_mb_size:
                return np.array(own)
        return np.maximum.reduce(lengths)

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the names of the utterances."""
        return keys_of([each.key for each in self._utterances[0][self._chunks[chunk_id]]])

    def in_frames(self) -> bool:
        """Frame mode takes utterances apart."""
        return True

    def describe(self) -> str:
        """Return the names of the scripts."""
        return ", ".join(stream.script for stream in self._streams)
