"""MinibatchSource: minibatches from deserializers."""

from __future__ import annotations

from collections.abc import Callable

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk
from cntk.io.composite import CompositeDeserializer
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.io.frames import FrameDeserializer
from cntk.io.packing import packed
from cntk.io.prefetch import Prefetcher
from cntk.io.problems import Problems, data_error
from cntk.io.sequence_reader import SequenceReader
from cntk.io.truncated_reader import TruncatedReader
from cntk.logging.trace import TraceLevel
from cntk.minibatch import (
    DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS,
    FULL_DATA_SWEEP,
    INFINITELY_REPEAT,
    MinibatchData,
    StreamInformation,
)
from cntk.minibatch.user_source import find_stream
from cntk.record import Record

_POSITION = "minibatchSourcePosition"


class MinibatchSource:
    """Gives minibatches of the data that deserializers read.

    A minibatch holds whole sequences while their samples fit in the wanted size, at least one; it
    may go over the end of a sweep. What a sequence counts is its longest stream, or the stream that
    ``defines_mb_size``. Data are read chunk by chunk (CTF: 32 MB), and up to
    ``randomization_window_in_chunks`` of them are held in memory while shuffling.

    Args:
        deserializers: one, or a list whose sequences are joined by key, driven by the first.
        max_samples: samples after which the source ends; ``FULL_DATA_SWEEP``: after one sweep.
        max_sweeps: sweeps after which the source ends.
        randomization_window_in_chunks: chunks that are shuffled together.
        randomization_window_in_samples: the same in samples, rounded up to whole chunks.
        randomization_seed: another seed gives another order; each sweep has its own anyway.
        trace_level: 0 logs nothing; from 1 (``TraceLevel.Warning``) on, malformed inputs are logged
            by the logger ``cntk.io``.
        multithreaded_deserializer: whether images are decoded in threads, minibatches before they
            are asked for; it has no effect on the data. Default: in as many as there are cores.
        frame_mode: give samples instead of sequences: those of speech are taken apart, and longer
            ones of other formats refused.
        truncation_length: train on parts of sequences, of at most this many samples. A minibatch
            then has ``minibatch_size_in_samples // truncation_length`` slots with that many samples
            each; sequences follow each other in a slot, go on in the same slot of the next
            minibatch, and carry their state over. When the size of minibatches changes, and after
            :meth:`restore_from_checkpoint`, slots begin with new sequences. 0: whole sequences.
        randomize: False keeps the order of the data.
        max_errors: malformed inputs that are left out, for each file; one more is an error.

    Raises:
        ValueError: the options contradict each other, or there is nothing to read.
        RuntimeError: a file is missing, empty, or not of its format.

    >>> import tempfile
    >>> from cntk.io import CTFDeserializer, StreamDef, StreamDefs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = folder + "/train.ctf"
    ...     with open(path, "w") as file:
    ...         _ = file.write("|x 1 2\\n|x 3 4\\n|x 5 6\\n")
    ...     reader = CTFDeserializer(path, StreamDefs(x=StreamDef("x", 2)))
    ...     source = MinibatchSource(reader, max_sweeps=1)
    ...     minibatches = [source.next_minibatch(2) for _ in range(3)]
    >>> [len(minibatch) and minibatch[source.streams.x].num_samples for minibatch in minibatches]
    [2, 1, 0]
    """

    infinitely_repeat = INFINITELY_REPEAT
    full_data_sweep = FULL_DATA_SWEEP
    default_randomization_window_in_chunks = DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS

    def __init__(
        self,
        deserializers,
        max_samples=INFINITELY_REPEAT,
        max_sweeps=INFINITELY_REPEAT,
        randomization_window_in_chunks=DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS,
        randomization_window_in_samples=0,
        randomization_seed=0,
        trace_level=TraceLevel.Warning,
        multithreaded_deserializer=None,
        frame_mode=False,
        truncation_length=0,
        randomize=True,
        max_errors=0,
    ) -> None:
        _check_options(max_samples, max_sweeps, frame_mode, truncation_length, max_errors)
        given = list(deserializers) if isinstance(deserializers, (list, tuple)) else [deserializers]
        level = getattr(trace_level, "value", trace_level)
        _check_deserializers(given)
        for each in given:
            each.problems = Problems(each.describe(), max_errors, level)
        self._deserializer = given[0] if len(given) == 1 else CompositeDeserializer(given)
        if frame_mode and self._deserializer.in_frames():
            self._deserializer = FrameDeserializer(self._deserializer)
            source = self._deserializer.describe()
            self._deserializer.problems = Problems(source, max_errors, level)
        self._streams = Record(**{info.name: info for info in self._deserializer.stream_infos()})
        self._is_infinite = max_samples == max_sweeps == INFINITELY_REPEAT
        if max_samples == FULL_DATA_SWEEP:
            max_samples, max_sweeps = INFINITELY_REPEAT, 1
        window = 0
        if randomize:
            window = _window(
                self._deserializer, randomization_window_in_chunks, randomization_window_in_samples
            )
        check = _check_of(frame_mode, self._deserializer.describe())
        reader = SequenceReader(
            self._deserializer, window, randomization_seed, max_sweeps, max_samples, check
        )
        self._reader = Prefetcher(
            TruncatedReader(reader, truncation_length) if truncation_length else reader,
            randomization_seed,
            0 if multithreaded_deserializer is False else None,
        )

    @property
    def streams(self) -> Record:
        """The streams as attributes: ``source.streams.features``."""
        return self._streams

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        return list(self.streams.values())

    def stream_info(self, name: str) -> StreamInformation:
        """Return the stream of a name.

        Raises:
            RuntimeError: there is none.
        """
        return find_stream(self.streams, name)

    __getitem__ = stream_info

    def next_minibatch(
        self,
        minibatch_size_in_samples,
        input_map=None,
        device=None,
        num_data_partitions=None,
        partition_index=None,
    ) -> dict:
        """Return the next minibatch, ``{}`` at the end of the data.

        Args:
            minibatch_size_in_samples: size of the minibatch in samples, all workers together.
            input_map: ``{variable: stream}``; the result then has these variables as keys.
            device: where the data are wanted.
            num_data_partitions: processes that train together.
            partition_index: which of them asks, from 0; of n it gets each n-th sequence.

        Returns:
            ``{StreamInformation: MinibatchData}``; with ``input_map`` the keys are its variables.

        Raises:
            ValueError: the size is not positive, or there is no such partition.
            RuntimeError: the data are malformed.
        """
        minibatch = self.get_next_minibatch(
            minibatch_size_in_samples, num_data_partitions or 1, partition_index or 0, device
        )
        if input_map is None or not minibatch:
            return minibatch
        for variable, stream in input_map.items():
            if stream not in minibatch:
                raise KeyError(
                    f"input_map: {variable} is mapped to {stream!r}, which is not a stream of this "
                    f"source; try: source.streams.{next(iter(self.streams))}"
                )
        return {variable: minibatch[stream] for variable, stream in input_map.items()}

    def get_next_minibatch(
        self, minibatch_size_in_samples, num_data_partitions=1, partition_index=0, device=None
    ) -> dict[StreamInformation, MinibatchData]:
        """Return the next minibatch: the call that all kinds of sources answer.

        Args:
            minibatch_size_in_samples: size of the minibatch in samples, all workers together.
            num_data_partitions: processes that train together.
            partition_index: which of them asks, from 0.
            device: where the data are wanted.
        """
        if minibatch_size_in_samples <= 0:
            raise ArgumentError(
                "GetNextMinibatch: Requested minibatch size must be > 0, "
                f"got {minibatch_size_in_samples}."
            )
        if not 0 <= partition_index < num_data_partitions:
            raise ArgumentError(
                f"next_minibatch: partition_index {partition_index} is not one of "
                f"num_data_partitions={num_data_partitions}"
            )
        chunk, sweep_end = self._reader.take(
            int(minibatch_size_in_samples), num_data_partitions, partition_index
        )
        if chunk is None:
            return {}
        return {
            info: MinibatchData(value, layout.num_samples, layout.rows, sweep_end)
            for info, (value, layout) in zip(self.streams.values(), packed(chunk, self.streams))
        }

    def get_checkpoint_state(self) -> dict:
        """Return the position, to continue from here with :meth:`restore_from_checkpoint`."""
        return {_POSITION: self._reader.position}

    def restore_from_checkpoint(self, checkpoint: dict) -> None:
        """Continue from a position: the minibatches that follow are the same again.

        Args:
            checkpoint: what :meth:`get_checkpoint_state` returned for a source with the same data
                and options.

        Raises:
            ValueError: the position is missing or not a count of samples.
        """
        position = checkpoint.get(_POSITION)
        if isinstance(position, bool) or not isinstance(position, int) or position < 0:
            raise ArgumentError(
                f"Checkpoint misses required field {_POSITION}, a number of samples from 0 up; "
                f"got {checkpoint!r}"
            )
        self._reader.seek(position)

    @property
    def current_position(self) -> dict:
        """The position; assign one to go there."""
        return self.get_checkpoint_state()

    @current_position.setter
    def current_position(self, position: dict) -> None:
        self.restore_from_checkpoint(position)

    def is_infinite(self) -> bool:
        """Whether neither ``max_samples`` nor ``max_sweeps`` ends the source."""
        return self._is_infinite


def _check_of(frame_mode: bool, source: str) -> Callable[[Chunk], None]:
    """Return the function that refuses what a chunk must not hold in frame mode."""

    def check(chunk: Chunk) -> None:
        if not frame_mode:
            return
        longest = max(int(part.lengths.max(initial=0)) for part in chunk.streams.values())
        if longest > 1:
            raise data_error(
                f"Detected a non-frame sequence of size {longest} in frame mode.",
                f"source  {source}",
                hint="frame_mode=False reads sequences",
            )

    return check


def _check_options(max_samples, max_sweeps, frame_mode, truncation_length, max_errors) -> None:
    if INFINITELY_REPEAT not in (max_samples, max_sweeps):
        raise RuntimeError(
            "MinibatchSource: max samples and max sweeps are mutually exclusive options and cannot "
            f"have non-default values at the same time; got max_samples={max_samples}, "
            f"max_sweeps={max_sweeps}"
        )
    if max_samples < 0 or max_sweeps < 0 or max_errors < 0:
        raise ArgumentError(
            "MinibatchSource: max_samples, max_sweeps and max_errors count from 0 up, got "
            f"{max_samples}, {max_sweeps}, {max_errors}"
        )
    if truncation_length and frame_mode:
        raise ArgumentError("truncation and frame mode are mutually exclusive options.")
    if not isinstance(truncation_length, int) or truncation_length < 0:
        raise ArgumentError(
            "MinibatchSource: truncation_length is a number of samples from 0 up, not "
            f"{truncation_length!r}"
        )


def _check_deserializers(given: list) -> None:
    """Refuse what is no deserializer."""
    if not given:
        raise ArgumentError("Could not find deserializers in the reader config: the list is empty.")
    for each in given:
        if not isinstance(each, Deserializer):
            raise ArgumentError(
                f"MinibatchSource takes deserializers, not {type(each).__name__}; "
                "try: CTFDeserializer(filename, StreamDefs(...)), or derive from Deserializer"
            )


def _window(deserializer: Deserializer, in_chunks: int, in_samples: int) -> int:
    """Return the chunks that are shuffled together."""
    if in_samples and in_chunks not in (0, DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS):
        raise RuntimeError(
            "MinibatchSource: randomization window in chunks and randomization window in samples "
            "are mutually exclusive options and cannot have non-zero values at the same time; got "
            f"{in_chunks} and {in_samples}"
        )
    if in_chunks < 0 or in_samples < 0:
        raise ArgumentError(
            f"a randomization window counts from 0 up, got {in_chunks}, {in_samples}"
        )
    if not in_samples:
        return in_chunks
    sizes = deserializer.sequence_sizes(0)
    if sizes is None:
        sizes = as_chunk(deserializer.get_chunk(0), deserializer, 0).sizes
    return -(-in_samples // max(1, int(sizes.sum())))
