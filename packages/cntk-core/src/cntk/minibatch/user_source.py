"""UserMinibatchSource: a source of minibatches that a script writes."""

from __future__ import annotations

from abc import ABC, abstractmethod

from cntk.errors import ArgumentError
from cntk.minibatch.data import MinibatchData
from cntk.minibatch.limits import (
    DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS,
    FULL_DATA_SWEEP,
    INFINITELY_REPEAT,
)
from cntk.minibatch.stream import StreamInformation
from cntk.record import Record


class UserMinibatchSource(ABC):
    """Base class: a subclass gives its streams and the next minibatch.

    Its constructor must call ``super().__init__()`` when the streams are known.

    >>> class Ones(UserMinibatchSource):
    ...     def stream_infos(self):
    ...         return [StreamInformation("x", 0, "dense", np.float32, (2,))]
    ...     def next_minibatch(self, num_samples, number_of_workers=1, worker_rank=0, device=None):
    ...         value = C.Value(np.ones((num_samples, 2), np.float32))
    ...         return {self["x"]: MinibatchData(value, num_samples, num_samples, False)}
    >>> source = Ones()
    >>> source.next_minibatch(3)[source.streams.x].shape
    (3, 2)
    """

    infinitely_repeat = INFINITELY_REPEAT
    full_data_sweep = FULL_DATA_SWEEP
    default_randomization_window_in_chunks = DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS

    def __init__(self) -> None:
        self.streams = Record(**{info.name: info for info in self.stream_infos()})

    @abstractmethod
    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""

    @abstractmethod
    def next_minibatch(
        self, num_samples, number_of_workers, worker_rank, device=None
    ) -> dict[StreamInformation, MinibatchData]:
        """Return the next minibatch, ``{}`` at the end.

        Args:
            num_samples: size of the minibatch in samples, all workers together.
            number_of_workers: processes that train together.
            worker_rank: which of them asks, from 0.
            device: where the data are wanted.
        """

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
        return self.next_minibatch(
            minibatch_size_in_samples, num_data_partitions, partition_index, device
        )

    def stream_info(self, name: str) -> StreamInformation:
        """Return the stream of a name.

        Raises:
            RuntimeError: there is none.
        """
        return find_stream(self.streams, name)

    __getitem__ = stream_info

    def get_checkpoint_state(self) -> dict:
        """Return what :meth:`restore_from_checkpoint` needs to continue from here."""
        return {}

    def restore_from_checkpoint(self, state: dict) -> None:
        """Continue from a state that :meth:`get_checkpoint_state` returned.

        Raises:
            ValueError: there is a state, but the source has no way to go to it.
        """
        if state:
            raise ArgumentError(
                f"{type(self).__name__} keeps no state; define restore_from_checkpoint() to go to "
                f"{state!r}"
            )

    def is_infinite(self) -> bool:
        """Whether the source never ends."""
        return False


def find_stream(streams: dict, name: str) -> StreamInformation:
    """Return a stream by name.

    Raises:
        RuntimeError: there is none of that name.
    """
    if name not in streams:
        raise RuntimeError(
            f"No stream found matching given name '{name}'.\n  there are {', '.join(streams)}"
        )
    return streams[name]
