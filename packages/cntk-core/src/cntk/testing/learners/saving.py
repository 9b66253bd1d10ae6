"""Checkpoints: training goes on as if it had not been interrupted."""

from __future__ import annotations

from collections.abc import Callable

from cntk.learners.checkpoint import learner_dictionary, prepared_restore
from cntk.storage import dictionary_bytes, read_dictionary
from cntk.testing.learners.training import STEPS, Training, compare


def check_checkpoint(factory: Callable) -> None:
    """Save a learner, in memory, after half of the steps, and go on with a new one.

    Raises:
        Mismatch: the new one goes another way.
    """
    expected = Training(factory).run()
    first, second = Training(factory), Training(factory)
    for step in range(STEPS // 2):
        first.step(step)
    stored = read_dictionary(dictionary_bytes(learner_dictionary(first.learner)))
    for old, new in zip(first.parameters, second.parameters):
        new.value = old.value  # they are in the model, not in the state of the learner
    prepared_restore(second.learner, stored)()
    for step in range(STEPS // 2, STEPS):
        second.step(step)
    compare(second.values(), expected, 0, "after a checkpoint")
