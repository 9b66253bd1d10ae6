"""Sequences that the tests feed, and what a recurrence is in plain NumPy."""

from __future__ import annotations

import numpy as np


def some_sequences(width: int, lengths=(3, 1, 4), dtype=np.float64) -> list[np.ndarray]:
    """Return sequences of different numbers, of the given lengths in frames."""
    generator = np.random.default_rng(7)
    return [generator.uniform(-1, 1, (length, width)).astype(dtype) for length in lengths]


def run_step(step, states: tuple, frames: np.ndarray, go_backwards: bool = False) -> list:
    """Return, for each state, its values at all frames.

    Args:
        step: NumPy function (state, ..., frame) -> (state, ...), or one state.
        states: the states before the first frame.
        frames: one sequence.
        go_backwards: start at the last frame.
    """
    history = []
    states = tuple(np.broadcast_to(state, frames.shape[1:]) for state in states)
    for frame in frames[::-1] if go_backwards else frames:
        states = step(*states, frame)
        states = states if isinstance(states, tuple) else (states,)
        history.append(states)
    return [np.array(values)[:: -1 if go_backwards else 1] for values in zip(*history)]
