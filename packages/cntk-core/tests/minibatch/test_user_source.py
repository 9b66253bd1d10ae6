"""Sources that a script writes."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.minibatch import (
    FULL_DATA_SWEEP,
    INFINITELY_REPEAT,
    MinibatchData,
    StreamInformation,
    UserMinibatchSource,
)
from cntk.value import Value


class Counting(UserMinibatchSource):
    """Gives as many ones as asked for, for each worker."""

    def stream_infos(self):
        return [StreamInformation("x", 0, "dense", np.float32, (1,))]

    def next_minibatch(self, num_samples, number_of_workers, worker_rank, device=None):
        share = num_samples // number_of_workers
        rows = np.full((share, 1), worker_rank, np.float32)
        return {self["x"]: MinibatchData(Value.from_rows(rows), share, share, False)}


def test_streams_by_name():
    source = Counting()
    assert str(source.streams) == "{'x': x([1])}"
    assert source["x"] is source.stream_info("x") is source.streams.x
    with pytest.raises(RuntimeError, match="No stream found matching given name 'q'"):
        source.stream_info("q")


def test_the_call_that_all_sources_answer():
    source = Counting()
    data = source.get_next_minibatch(6, num_data_partitions=2, partition_index=1)[source["x"]]
    assert data.asarray().tolist() == [[1], [1], [1]]


def test_what_need_not_be_defined():
    source = Counting()
    assert source.get_checkpoint_state() == {} and not source.is_infinite()
    source.restore_from_checkpoint({})
    with pytest.raises(ValueError, match="Counting keeps no state"):
        source.restore_from_checkpoint({"position": 3})


def test_the_rest_must_be_defined():
    class Incomplete(UserMinibatchSource):
        def stream_infos(self):
            return []

    with pytest.raises(TypeError, match="next_minibatch"):
        Incomplete()


def test_constants():
    assert (INFINITELY_REPEAT, FULL_DATA_SWEEP) == (2**64 - 1, 2**64 - 2)
    assert UserMinibatchSource.infinitely_repeat == INFINITELY_REPEAT
    assert UserMinibatchSource.default_randomization_window_in_chunks == 128
