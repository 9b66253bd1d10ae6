"""HTKMLFDeserializer: a state for each frame, from HTK's master label files."""

from __future__ import annotations

import os
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.htk.label_file import Labels, read_label_file
from cntk.io.deserializers.htk.text_lines import text_lines
from cntk.io.deserializers.htk.utterances import cut_chunks, keys_of
from cntk.io.problems import data_error
from cntk.io.streams import sample_shape
from cntk.minibatch import StreamInformation
from cntk.sparse import SparseRows

CHUNK_FRAMES = 1 << 20


class HTKMLFDeserializer(Deserializer):
    """Reads the states of speech frames from master label files (MLF).

    A label file has for each utterance a line with its name in quotes, one line ``begin end state``
    for each state, with times in 100 ns at 100 frames a second, and a line ``.`` at its end. The
    number of a state is its place in the label mapping file, which has one state on each line. A
    sample is a sparse one-hot vector.

    The key of an utterance is its name without ``*/`` at its beginning and without its extension.

    Args:
        label_mapping_file: the list of states.
        streams: :class:`StreamDefs` with one stream; it needs ``shape``, the number of classes, and
            ``mlf``, a label file or a list of them.
        phoneBoundaries: put 2 instead of 1 where a state begins, as connectionist temporal
            classification (``forward_backward``) wants it.

    Raises:
        ValueError: the definition is not complete.
        RuntimeError: a file cannot be used.

    >>> import tempfile
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> folder = tempfile.mkdtemp()
    >>> with open(folder + "/states", "w") as file:
    ...     _ = file.write("sil\\naa\\n")
    >>> with open(folder + "/labels.mlf", "w") as file:
    ...     _ = file.write('#!MLF!#\\n"one.lab"\\n0 100000 sil\\n100000 300000 aa\\n.\\n')
    >>> labels = StreamDefs(y=StreamDef(shape=2, mlf=folder + "/labels.mlf"))
    >>> source = MinibatchSource(HTKMLFDeserializer(folder + "/states", labels))
    >>> source.next_minibatch(3)[source.streams.y].as_sequences()[0].toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    """

    def __init__(self, label_mapping_file, streams, phoneBoundaries=False) -> None:
        if not label_mapping_file:
            raise ArgumentError("ParseValue: No value given for 'labelMappingFile'.")
        if len(streams) != 1:
            raise ArgumentError("HTKMLFDeserializer only accepts a single stream")
        ((name, definition),) = streams.items()
        files = definition.get("mlf")
        files = [files] if isinstance(files, (str, os.PathLike)) else list(files or [])
        if not files:
            raise ArgumentError(
                "No master label files specified for HTKMLFDeserializer; "
                f"try: {name}=StreamDef(shape=132, mlf='train.mlf')"
            )
        shape = sample_shape("HTKMLFDeserializer", name, definition)
        if len(shape) > 1:
            raise ArgumentError(
                f"HTKMLFDeserializer: stream '{name}' has one axis of classes, not shape={shape}"
            )
        counts = bool(definition.get("defines_mb_size"))
        self._info = StreamInformation(name, 0, "sparse", np.float32, shape, counts)
        self._files = [os.fspath(file) for file in files]
        self._states, self._boundaries = os.fspath(label_mapping_file), bool(phoneBoundaries)
        self._longest = int(definition.get("max_sequence_length") or 65535)

    @cached_property
    def _labels(self) -> Labels:
        states = _read_states(self._states)
        num_classes = self._info.shape[0]
        if max(states.values()) >= num_classes:
            state = next(s for s, number in states.items() if number >= num_classes)
            raise data_error(
                f"Class id '{num_classes}' exceeds the model output dimension '{num_classes}'.",
                f"file      {self._states}",
                f"found     state '{state}' after {num_classes} others",
                hint=f"shape={len(states)}",
            )
        return read_label_file(self._files, states, self.problems)

    @cached_property
    def _chunks(self) -> list[slice]:
        return cut_chunks(self._labels.num_frames, CHUNK_FRAMES)

    def stream_infos(self) -> list[StreamInformation]:
        """Return the stream."""
        return [self._info]

    def num_chunks(self) -> int:
        """Return the number of chunks; reads the label files at first use."""
        return len(self._chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the labels of some utterances."""
        part = self._chunks[chunk_id]
        lengths = self._labels.num_frames[part]
        classes, durations = self._labels.segments(part)
        count = int(lengths.sum())
        values = np.ones(count, np.float32)
        if self._boundaries:
            values[np.cumsum(durations) - durations] = 2
        rows = SparseRows(
            values, np.repeat(classes, durations), np.arange(count + 1), self._info.shape[0]
        )
        return Chunk(
            {self._info.name: SequenceRows(rows, lengths)}, self.sequence_keys(chunk_id), lengths
        )

    def sequence_sizes(self, chunk_id: int) -> np.ndarray:
        """Return the frames of each utterance."""
        return self._labels.num_frames[self._chunks[chunk_id]]

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the names of the utterances."""
        return keys_of(self._labels.keys[self._chunks[chunk_id]])

    def in_frames(self) -> bool:
        """Frame mode takes utterances apart.

        Raises:
            RuntimeError: with ``phoneBoundaries``, which mean nothing in single frames.
        """
        if self._boundaries:
            raise data_error("frameMode and phoneBoundaries are mutually exclusive options.")
        return True

    def describe(self) -> str:
        """Return the names of the label files."""
        return ", ".join(self._files)


def _read_states(path: str) -> dict[str, int]:
    states: dict[str, int] = {}
    for line, state in text_lines(path):
        if state in states:
            raise data_error(
                f"Deduplicate two states with the same name '{state}' "
                f"from the state table '{path}'.",
                f"line {line}: it has number {states[state]} already",
            )
        states[state] = len(states)
    if not states:
        raise data_error(f"The label mapping file '{path}' is empty.", "expected  a state per line")
    return states
