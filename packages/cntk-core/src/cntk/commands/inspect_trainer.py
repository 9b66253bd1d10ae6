"""The state of a trainer, the second file of a checkpoint, as entries and lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from cntk.commands.plain_text import counted, plain
from cntk.storage import Dictionary

_COUNTS = {"sample_count": "sample", "minibatchCount": "minibatch", "sweepCount": "sweep"}


def describe_trainer(dictionary: Dictionary) -> dict[str, Any]:
    """Return the learners and the user's own state.

    Raises:
        ModelFileError: a part is missing or of the wrong type.
    """
    learners = dictionary.require("Learners", list, "checkpoint")
    external = dictionary.optional("ExternalState", Dictionary, Dictionary(), "checkpoint")
    return {
        "kind": "state of a trainer",
        "learners": [_learner(one) for one in learners if isinstance(one, Dictionary)],
        "external_state": sorted(external),
    }


def trainer_lines(found: dict[str, Any]) -> list[str]:
    """Return a description as lines."""
    lines = []
    for number, learner in enumerate(found["learners"]):
        counts = ", ".join(counted(learner["seen"][noun], noun) for noun in _COUNTS.values())
        lines.append(f"learner {number}: {counts}")
        lines.append(f"  learning rate {plain(_rates(learner['schedule']))}")
        lines.append(f"  state of {counted(len(learner['state']), 'parameter')}")
        lines += [f"    {one['type']} {one['shape']}" for one in learner["state"]]
    own = ", ".join(map(plain, found["external_state"]))
    return [*lines, f"external state: {own or 'none'}"]


def _learner(state: Dictionary) -> dict[str, Any]:
    arrays = state.get("smoothed_gradients")
    schedule = state.get("learnig_rate_schedule")
    return {
        "seen": {noun: _integer(state.get(key)) for key, noun in _COUNTS.items()},
        "schedule": _schedule(schedule) if isinstance(schedule, Dictionary) else {},
        "state": [
            {"type": str(one.dtype), "shape": list(one.shape)}
            for one in (arrays if isinstance(arrays, list) else [])
            if isinstance(one, np.ndarray)
        ],
    }


def _schedule(stored: Dictionary) -> dict[str, Any]:
    steps = stored.get("schedule")
    return {
        "epoch_size": _integer(stored.get("epoch_size")),
        "minibatch_size": _integer(stored.get("ref_mb_size")),
        "rates": {
            str(end): value
            for end, value in (steps.items() if isinstance(steps, Dictionary) else ())
            if isinstance(value, float)
        },
    }


def _rates(schedule: dict[str, Any]) -> str:
    rates = schedule.get("rates", {})
    size = schedule.get("minibatch_size")
    if len(rates) == 1:
        text = str(*rates.values())
    else:
        text = ", ".join(f"{value} up to {end}" for end, value in rates.items())
    return f"{text} for {counted(size, 'sample')}" if size else f"{text} for a minibatch"


def _integer(value: object) -> int:
    return int(value) if isinstance(value, int) else 0
