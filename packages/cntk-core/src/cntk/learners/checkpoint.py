"""The state of learners as dictionaries of CNTK's checkpoint files, and back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.dtypes import computing_dtype
from cntk.errors import ArgumentError
from cntk.learners.learner import Learner
from cntk.learners.masters import Master
from cntk.learners.rule_learner import RuleLearner, StateArray
from cntk.learners.schedule import ScheduleError, TrainingParameterSchedule
from cntk.shape import shape_text
from cntk.storage import Joined, ModelFileError
from cntk.storage.dictionary import Dictionary, Double, SizeT
from cntk.variables import Parameter

_VERSION, _SCHEDULE_VERSION = 3, 2
_AROUND = "base", "localLearners"  # keys of distributed learners, from the outside
_ROW_STEPS, _VARIABLES = "row_steps", "variables"  # not in files of CNTK 2.7

Memory = Callable[[tuple[int, ...], np.dtype], np.ndarray]


def learner_dictionary(learner: Learner, memory: Memory | None = np.empty) -> Dictionary:
    """Return the state of a learner under CNTK's keys.

    Args:
        learner: the learner.
        memory: function of (shape, dtype) that returns the arrays its state is copied to; None:
            the arrays are those that training changes, joined when they are written.
    """
    state = Dictionary(
        version=SizeT(_VERSION),
        type="Learner",
        sample_count=SizeT(learner._samples),
        minibatchCount=SizeT(learner._minibatches),
        sweepCount=SizeT(learner._sweeps),
        learnig_rate_schedule=_schedule_dictionary(learner._lr),
        noise_injection_seed=SizeT(getattr(learner, "noise_seed", 0)),
        noise_injection_offset=SizeT(getattr(learner, "noise_offset", 0)),
        master_parameter_updated=learner._minibatches > 0,
        smoothed_gradients=[_stored(learner, i, memory) for i in range(len(learner.parameters))],
    )
    if isinstance(learner, RuleLearner):
        # CNTK 2.7 reads it wherever its own learner counts, also when it is zero
        state["smoothed_count"] = Double(learner.smoothed_count)
    if isinstance(learner, RuleLearner) and any(steps.by_rows for steps in learner.row_steps):
        state[_ROW_STEPS] = [steps.stored() for steps in learner.row_steps]
    if variables := learner.state_variables():
        state[_VARIABLES] = [v.cell.copied(v.shape, v._dtype) for v in variables]
    return state


def prepared_restore(learner: Learner, state: Dictionary) -> Callable[[], None]:
    """Return what gives a learner the state of a dictionary; until it is called nothing changes.

    Raises:
        ValueError: the state is damaged, or belongs to other parameters or another kind of learner.
    """
    state = innermost(state)
    arrays = state.require("smoothed_gradients", list, "learner")
    if not all(isinstance(array, np.ndarray) for array in arrays):
        raise ModelFileError(
            "key 'smoothed_gradients' of learner holds something else than arrays",
            offset=state.offset,
        )
    if len(arrays) != len(learner.parameters):
        raise ArgumentError(
            f"the checkpoint's learner has {len(arrays)} parameters, "
            f"this one has {len(learner.parameters)}"
        )
    parts = [_parts(learner, i, array) for i, array in enumerate(arrays)]
    counts = [
        int(state.optional(key, SizeT, SizeT(0), "learner"))
        for key in ("sample_count", "minibatchCount", "sweepCount")
    ]
    schedule = _schedule(state.require("learnig_rate_schedule", Dictionary, "learner"))
    smoothed = float(state.optional("smoothed_count", Double, Double(0), "learner"))
    row_steps, variables = _row_steps(learner, state), _variables(learner, state)
    noise = [
        int(state.optional(f"noise_injection_{word}", SizeT, SizeT(0), "learner"))
        for word in ("seed", "offset")
    ]

    def restore() -> None:
        learner._samples, learner._minibatches, learner._sweeps = counts
        learner._lr = schedule
        for variable, value in zip(learner.state_variables(), variables):
            variable.cell.write(value)
        if isinstance(learner, RuleLearner):
            for i, named in enumerate(parts):
                for name, values in named.items():
                    own = _arrays(learner, i)[name]
                    own.take(values) if isinstance(own, Master) else own.cell.write(values)
            for steps, array in zip(learner.row_steps, row_steps):
                steps.forget()
                steps.restore(array)
            learner.smoothed_count = smoothed
            learner.noise_seed, learner.noise_offset = noise

    return restore


def innermost(state: Dictionary) -> Dictionary:
    """Return the state of the learner that updates, within that of a distributed learner."""
    for key in _AROUND:
        state = state.optional(key, Dictionary, state, "learner")
    return state


def _arrays(learner: Learner, index: int) -> dict[str, StateArray | Master]:
    """Return the arrays of a parameter's state by name, the copy of a float16 parameter last."""
    if not isinstance(learner, RuleLearner):
        return {}
    found: dict[str, StateArray | Master] = {
        name: learner.state_array(index, name) for name in learner.state_names()
    }
    master = learner.masters[index]
    if master is not None:
        master.follow()
        found["master"] = master
    return found


def _stored(learner: Learner, index: int, memory: Memory | None) -> np.ndarray | Joined:
    """Return a parameter's state as one array: the parts one after the other."""
    parameter = learner.parameters[index]
    parts = [
        array.cell.as_plain(array._shape, array._dtype)
        for array in _arrays(learner, index).values()
    ]
    if not parts:
        return np.zeros((), parameter._dtype)
    shape = _stored_shape(parameter, len(parts))
    if memory is None:
        return parts[0] if len(parts) == 1 else Joined(parts, shape)
    stored = memory(shape, parts[0].dtype)
    for place, part in zip(np.split(stored.reshape(-1), len(parts)), parts):
        np.copyto(place.reshape(part.shape), part)
    return stored


def _stored_shape(parameter: Parameter, count: int) -> tuple[int, ...]:
    """Return the shape of ``count`` arrays of a parameter's state in one."""
    if count == 0:
        return ()
    if count == 1:
        return parameter.shape
    columns, rows = _matrix(parameter)
    return columns * count, rows


def _matrix(parameter: Parameter) -> tuple[int, int]:
    """Return the shape of a parameter seen as CNTK's matrix, in Python order."""
    rows = parameter.shape[-1] if parameter.shape else 1
    return int(np.prod(parameter.shape, dtype=np.int64)) // rows, rows


def _parts(learner: Learner, index: int, array: np.ndarray) -> dict[str, np.ndarray]:
    """Return {name: array} of a stored state; refuse what does not fit."""
    parameter, names = learner.parameters[index], list(_arrays(learner, index))
    dtype = computing_dtype(parameter._dtype)
    expected = _stored_shape(parameter, len(names))
    fits = array.size <= 1 if not names else array.shape == expected and array.dtype == dtype
    if not fits:
        raise ArgumentError(
            f"the checkpoint's state for {parameter} has shape '{shape_text(array.shape)}' and "
            f"type {array.dtype}; this learner needs '{shape_text(expected)}' and "
            f"{dtype}: it is another kind of learner, or another network"
        )
    if not names:  # a learner without state
        return {}
    pieces = [array] if len(names) == 1 else np.split(array, len(names))
    return {name: piece.reshape(parameter.shape) for name, piece in zip(names, pieces)}


def _row_steps(learner: Learner, state: Dictionary) -> list[np.ndarray]:
    """Return what a stored state says about rows; CNTK's own files say nothing."""
    stored = state.optional(_ROW_STEPS, list, [], "learner")
    if not stored or not isinstance(learner, RuleLearner):
        return []
    if len(stored) != len(learner.row_steps) or not all(
        isinstance(array, np.ndarray) and steps.fits(array)
        for steps, array in zip(learner.row_steps, stored)
    ):
        raise ArgumentError(
            f"the checkpoint's '{_ROW_STEPS}' do not belong to the parameters of this learner"
        )
    return stored


def _variables(learner: Learner, state: Dictionary) -> list[np.ndarray]:
    """Return what a stored state says about a learner's own variables; CNTK's files say nothing."""
    stored = state.optional(_VARIABLES, list, [], "learner")
    own = learner.state_variables()
    if stored and [_kind(value) for value in stored] != [(v.shape, v._dtype) for v in own]:
        raise ArgumentError(
            f"the checkpoint's '{_VARIABLES}' do not belong to the variables of this learner's "
            "update: it is another kind of learner, or another network"
        )
    return stored


def _kind(value: object) -> tuple | None:
    return (value.shape, value.dtype) if isinstance(value, np.ndarray) else None


def _schedule_dictionary(schedule: TrainingParameterSchedule) -> Dictionary:
    plain = schedule.to_dict()
    return Dictionary(
        version=SizeT(_SCHEDULE_VERSION),
        type="TrainingParameterSchedule",
        epoch_size=SizeT(plain["epoch_size"]),
        ref_mb_size=SizeT(plain["ref_mb_size"]),
        schedule=Dictionary((end, Double(value)) for end, value in plain["schedule"].items()),
    )


def _schedule(stored: Dictionary) -> TrainingParameterSchedule:
    try:
        return TrainingParameterSchedule.from_dict(stored)
    except ScheduleError as error:
        raise ModelFileError(str(error), offset=stored.offset) from error
