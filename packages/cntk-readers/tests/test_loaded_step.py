"""Minibatches cut from blocks are those picked one by one."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import Chunk, SequenceRows
from cntk.io.loaded_step import LoadedStep
from cntk.io.randomize import Step


def shuffled_step(num_chunks: int) -> LoadedStep:
    """Return a step over chunks of 20 sequences of 1 to 3 samples, valued chunk + index / 100."""
    lengths = np.arange(20) % 3 + 1
    chunks = []
    for number in range(num_chunks):
        values = np.repeat(number + np.arange(20) / 100, lengths)
        is_valid = np.arange(20) != number
        chunks.append(Chunk({"x": SequenceRows(values[:, None], lengths)}, is_valid=is_valid))
    places = np.random.default_rng(0).permutation(20 * num_chunks)
    step = Step(list(range(num_chunks)), places // 20, places % 20)
    return LoadedStep(step, chunks, lengths[places % 20])


@pytest.mark.parametrize("num_chunks", [1, 4])
@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 20])
def test_every_sequence_comes_out_in_its_place(monkeypatch, num_chunks, block_bytes):
    monkeypatch.setattr("cntk.io.loaded_step._BLOCK_BYTES", block_bytes)
    loaded = shuffled_step(num_chunks)
    step = loaded.step
    for begin in range(0, len(step.index) - 1, 3):
        chosen = np.arange(begin, min(begin + 7, len(step.index)), 2)
        taken = loaded.take(chosen)
        values = [
            rows[0, 0] for rows in np.split(taken.streams["x"].rows, np.cumsum(taken.sizes))[:-1]
        ]
        np.testing.assert_allclose(values, step.chunk_of[chosen] + step.index[chosen] / 100)
        np.testing.assert_array_equal(taken.is_valid, loaded.is_valid[chosen])
    assert int((~loaded.is_valid).sum()) == num_chunks
