"""Checkpoints of a trainer: the model file, and the state of training beside it."""

from __future__ import annotations

import os
from collections.abc import Callable

from cntk.errors import ArgumentError
from cntk.graph.files import restore as restore_model
from cntk.graph.files import save as save_model
from cntk.learners.checkpoint import learner_dictionary, prepared_restore
from cntk.storage import ModelFileError, read_dictionary, write_dictionary
from cntk.storage.dictionary import Dictionary, SizeT
from cntk.storage.plain import from_python, to_python

_VERSION = 1


def save(trainer, filename, external_state: dict) -> None:
    """Write ``filename`` and ``filename.ckp``; see :meth:`Trainer.save_checkpoint`."""
    state = Dictionary(
        Version=SizeT(_VERSION),
        Learners=[learner_dictionary(learner) for learner in trainer.parameter_learners],
        ExternalState=from_python(dict(external_state)),
        DistributedState=Dictionary(),
    )
    save_model(trainer.training_function, filename)
    write_dictionary(_beside(filename), state)


def restore(trainer, filename) -> dict:
    """Read both files; see :meth:`Trainer.restore_from_checkpoint`."""
    state = read_dictionary(_beside(filename))
    try:
        changes = _prepared(trainer.parameter_learners, state)
        external = state.optional("ExternalState", Dictionary, Dictionary(), "checkpoint")
    except ModelFileError as error:
        raise error.located(file=_beside(filename), offset=state.offset) from error.__cause__
    restore_model(trainer.training_function, filename)
    for change in changes:
        change()
    return to_python(external)


def _prepared(learners: list, state: Dictionary) -> list[Callable[[], None]]:
    """Return what gives the learners their state; until it is called nothing changes."""
    stored = state.require("Learners", list, "checkpoint")
    if len(stored) != len(learners):
        raise ArgumentError(
            f"the checkpoint has {len(stored)} learners, this trainer has {len(learners)}"
        )
    for i, one in enumerate(stored):
        if not isinstance(one, Dictionary):
            raise ModelFileError(f"Learners[{i}] of the checkpoint is no dictionary")
    return [prepared_restore(learner, one) for learner, one in zip(learners, stored)]


def _beside(filename) -> str:
    return os.fspath(filename) + ".ckp"
