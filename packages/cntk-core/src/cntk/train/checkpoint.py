"""Checkpoints of a trainer: the model file, and the state of training beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from cntk.errors import ArgumentError
from cntk.graph.files import model_dictionary, restore_values
from cntk.learners.checkpoint import Memory, innermost
from cntk.learners.learner import Learner
from cntk.storage import (
    Deferred,
    ModelFileError,
    describe_state,
    from_python,
    read_pair,
    to_python,
    write_pair,
)
from cntk.storage.dictionary import Dictionary, SizeT
from cntk.train.distributed.learner import DistributedLearner

_VERSION = 1


class Checkpoint(NamedTuple):
    """What the two files of a checkpoint hold."""

    model: Dictionary
    state: Dictionary

    def write(self, filename) -> None:
        """Write ``filename`` and ``filename.ckp``, both or neither.

        Raises:
            ValueError: the operating system refuses, or a value cannot be stored.
        """
        write_pair(filename, self.model, self.state)


def save(trainer, filename, external_state: dict) -> None:
    """Write ``filename`` and ``filename.ckp``; see :meth:`Trainer.save_checkpoint`."""
    checkpoint_of(trainer, external_state).write(filename)


def checkpoint_of(trainer, external_state: dict, memory: Memory | None = None) -> Checkpoint:
    """Return what a checkpoint of a trainer holds.

    Args:
        trainer: the trainer.
        external_state: a dictionary of the user's own.
        memory: function of (shape, dtype) that returns arrays which everything is copied to, so
            that training may go on meanwhile; None: the arrays are those that training changes.
    """
    learners = trainer.parameter_learners
    for learner in learners:
        learner.settle()
    model, external = model_dictionary(trainer.training_function), from_python(dict(external_state))
    if memory is not None:
        model, external = _copied(model, memory), _copied(external, memory)
    worker = Dictionary(internal_worker_state=Dictionary(), external_worker_state=external)
    is_distributed = any(isinstance(learner, DistributedLearner) for learner in learners)
    state = Dictionary(
        Version=SizeT(_VERSION),
        Learners=[_learner_state(learner, memory) for learner in learners],
        ExternalState=external,
        DistributedState=Dictionary([("0", worker)] if is_distributed else []),
    )
    return Checkpoint(model, state)


def _learner_state(learner: Learner, memory: Memory | None) -> Dictionary:
    """Return the state of a learner; with what one of the user's own adds to it."""
    if type(learner).create_checkpoint is Learner.create_checkpoint:
        return learner.state_dictionary(memory)
    state = from_python(dict(learner.create_checkpoint()))
    return state if memory is None else _copied(state, memory)


def _copied(value: Any, memory: Memory) -> Any:
    """Return a typed value with copies of all its arrays."""
    if isinstance(value, Deferred):
        value = value.make()
    if isinstance(value, np.ndarray):
        copy = memory(value.shape, value.dtype)
        np.copyto(copy, value)
        return copy
    if isinstance(value, list):
        return [_copied(item, memory) for item in value]
    if isinstance(value, dict):
        return Dictionary((key, _copied(item, memory)) for key, item in value.items())
    return value


def restore(trainer, filename) -> dict:
    """Read both files; see :meth:`Trainer.restore_from_checkpoint`."""
    model, state, file = read_pair(filename)
    try:
        changes = _prepared(trainer.parameter_learners, state)
        external = state.optional("ExternalState", Dictionary, Dictionary(), "checkpoint")
    except ModelFileError as error:
        raise error.located(file=file, offset=state.offset) from error.__cause__
    try:
        restore_values(trainer.training_function, model)
    except ModelFileError as error:
        raise error.located(file=os.fspath(filename)) from error.__cause__
    for change in changes:
        change()
    return to_python(external)


def samples_seen(filename) -> int | None:
    """Return how many samples a checkpoint has seen; None if its state cannot be read."""
    state = describe_state(filename)
    if state is None:
        return None
    try:
        learners = state.require("Learners", list, "checkpoint")
        return max(
            int(innermost(one).optional("sample_count", SizeT, SizeT(0))) for one in learners
        )
    except (AttributeError, ModelFileError, ValueError):  # what should be learners is not
        return None


def external_state(filename) -> dict:
    """Return the user's dictionary in a checkpoint, its arrays without values; {} without one."""
    state = describe_state(filename) or Dictionary()
    return to_python(state.get("ExternalState", Dictionary()))


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
    return [
        learner.prepared_restore(one)
        if type(learner).restore_from_checkpoint is Learner.restore_from_checkpoint
        else partial(learner.restore_from_checkpoint, one)
        for learner, one in zip(learners, stored)
    ]
