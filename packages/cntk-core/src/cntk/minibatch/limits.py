"""How much a source gives, as numbers of samples or sweeps."""

INFINITELY_REPEAT = 2**64 - 1
"""Never stop."""

FULL_DATA_SWEEP = 2**64 - 2
"""As ``max_samples``: stop after one sweep over the data."""

DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS = 128
"""Chunks that are shuffled together unless a source is told otherwise."""
