"""Checkpoints of a trainer: the model file, and the state of training beside it."""

from __future__ import annotations

import os

from cntk.errors import ArgumentError
from cntk.graph.files import restore as restore_model
from cntk.graph.files import save as save_model
from cntk.learners.checkpoint import learner_dictionary, prepared_restore
from cntk.storage import read_dictionary, write_dictionary
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
    learners = state.require("Learners", list, "checkpoint")
    if len(learners) != len(trainer.parameter_learners):
        raise ArgumentError(
            f"the checkpoint has {len(learners)} learners, "
            f"this trainer has {len(trainer.parameter_learners)}"
        )
    changes = [
        prepared_restore(learner, stored)
        for learner, stored in zip(trainer.parameter_learners, learners)
    ]
    external = to_python(state.optional("ExternalState", Dictionary, Dictionary(), "checkpoint"))
    restore_model(trainer.training_function, filename)
    for change in changes:
        change()
    return external


def _beside(filename) -> str:
    return os.fspath(filename) + ".ckp"
