"""estimate: the memory and the time that a minibatch will take, from its plans."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cntk.axis import Axis
from cntk.debugging.costs import Minibatch, is_open, plan_bytes, plan_work
from cntk.debugging.estimate_text import estimate_text
from cntk.debugging.peak import overhead, peak
from cntk.errors import ArgumentError, describe
from cntk.execution.plan import Plan
from cntk.execution.session import program_for
from cntk.execution.update import Update
from cntk.execution.usage import Use, bytes_of, largest
from cntk.graph.build import as_function
from cntk.graph.function import Function, is_function_or_variable
from cntk.learners.rule_learner import RuleLearner
from cntk.shape import is_static
from cntk.sparse import DENSE
from cntk.train.trainer import Trainer
from cntk.variables import Variable

_LARGEST = 5


@dataclass(frozen=True)
class Estimate:
    """What a minibatch takes; it prints as a table. Memory is in bytes.

    Args:
        title: what is estimated.
        minibatch: the sizes that it is for.
        parameters: memory of parameters and constants.
        gradients: of the gradients; 0 without training.
        learners: of what learners keep from one minibatch to the next.
        values: of all that is computed on the way, reused where lives do not overlap.
        data: of the minibatch itself, if it is dense.
        operations: additions, multiplications and the like.
        seconds: how long the minibatch takes at the best speed that was measured on this machine.
        largest: the largest arrays among values and gradients.
    """

    title: str
    minibatch: Minibatch
    parameters: int
    gradients: int
    learners: int
    values: int
    data: int
    operations: int
    seconds: float
    largest: tuple[Use, ...]

    @property
    def bytes(self) -> int:
        """Memory of all of it."""
        return self.parameters + self.gradients + self.learners + self.values + self.data

    def __str__(self) -> str:
        return estimate_text(self)

    __repr__ = __str__


def estimate(network, minibatch_size: int | None = None, sequence_lengths=1) -> Estimate:
    """Return the memory and the time that a minibatch will take, without running one.

    They follow from the plans that are going to run, and from what the machine reached in a
    measurement of half a second at the first call. Scratch memory of libraries is not counted, and
    small steps do not reach the best speed: see the guide to training for how near it comes.

    Args:
        network: a Trainer, for a step of training with the learners' update; or a Function, for an
            evaluation.
        minibatch_size: samples of the minibatch, or sequences; None: as many as there are lengths,
            or 1.
        sequence_lengths: frames of each sequence: one number for all, or a list with a number for
            each, or {sequence axis: list}.

    Raises:
        ValueError: the network has placeholders or axes whose sizes are not known, or the sizes of
            the minibatch do not fit together.

    >>> x, y = C.input_variable(784), C.input_variable(10)
    >>> z = C.times(x, C.parameter((784, 10)))
    >>> trainer = C.Trainer(z, C.squared_error(z, y), C.momentum_sgd(z.parameters, 0.1, 0.9))
    >>> found = C.debugging.estimate(trainer, minibatch_size=64)
    >>> found.parameters, found.gradients, found.learners
    (31360, 31360, 31360)
    >>> found.operations > 4 * 64 * 784 * 10
    True
    """
    minibatch = _minibatch(minibatch_size, sequence_lengths)
    if isinstance(network, Trainer):
        return _of_training(network, minibatch)
    if not is_function_or_variable(network):
        what = f"estimate takes a Trainer or a Function, not {network!r:.60}"
        raise ArgumentError(describe(what))
    return _of_evaluation(as_function(network), minibatch)


def _of_evaluation(function: Function, minibatch: Minibatch) -> Estimate:
    _check_sizes(function)
    plan = program_for(function, function.outputs, training=False).plan
    return _estimate(f"An evaluation of {function}", function, minibatch, [plan], 0, 0)


def _of_training(trainer: Trainer, minibatch: Minibatch) -> Estimate:
    function = trainer.training_function
    _check_sizes(function)
    plan = trainer.program().plan
    parameters = [p for learner in trainer.parameter_learners for p in learner.parameters]
    slopes = plan.outputs[len(plan.outputs) - len(parameters) :]
    gradients = sum(bytes_of(slope, minibatch.rows) for slope in slopes)
    plans, state = [plan], 0
    for learner in trainer.parameter_learners:
        own, slopes = slopes[: len(learner.parameters)], slopes[len(learner.parameters) :]
        if isinstance(learner, RuleLearner):
            by_rows = learner.goes_by_rows()
            update = Update(learner, tuple(x.storage is not DENSE and by_rows for x in own))
            plans.append(update.plan)
        state += learner.state_bytes()
    title = f"A step of training of {trainer.loss_function}"
    return _estimate(title, function, minibatch, plans, gradients, state)


def _estimate(
    title: str, function: Function, minibatch: Minibatch, plans: list[Plan], gradients, state
) -> Estimate:
    work = [each for plan in plans for each in plan_work(plan, minibatch)]
    best = peak()
    stored = sum(_bytes(x, 1) for x in (*function.parameters, *function.constants))
    data = [x for x in function.arguments if not x.is_sparse]
    return Estimate(
        title=title,
        minibatch=minibatch,
        parameters=stored,
        gradients=gradients,
        learners=state,
        values=sum(plan_bytes(plan, minibatch) for plan in plans) - gradients,
        data=sum(_bytes(x, minibatch.rows(x.dynamic_axes)) for x in data),
        operations=int(sum(each.operations for each in work)),
        seconds=sum(map(best.seconds, work)) + overhead(),
        largest=tuple(largest(plans[0], minibatch.rows, _LARGEST)),
    )


def _bytes(variable: Variable, rows: int) -> int:
    assert variable._dtype is not None, "a Function with placeholders is open"
    return math.prod(variable.shape) * rows * variable._dtype.itemsize


def _check_sizes(function: Function) -> None:
    if not is_open(function):
        return
    open_ones = [x for x in (*function.inputs, *function.outputs) if not is_static(x.shape)]
    what = "estimate needs sizes that are not known before data come"
    details = [*map(str, function.placeholders), *map(str, open_ones)]
    hint = "clone the Function with inputs of known sizes"
    raise ArgumentError(describe(what, *dict.fromkeys(details), hint=hint))


def _minibatch(minibatch_size, sequence_lengths) -> Minibatch:
    """Return the sizes that a user states."""
    counts = set() if minibatch_size is None else {_size(minibatch_size, "minibatch_size")}
    lengths: dict[Axis | None, tuple[int, ...]]
    if isinstance(sequence_lengths, Mapping):
        lengths = {_axis(axis): _lengths(given) for axis, given in sequence_lengths.items()}
    elif isinstance(sequence_lengths, (str, int)) or not isinstance(sequence_lengths, Iterable):
        return Minibatch(min(counts, default=1), _size(sequence_lengths, "sequence_lengths"))
    else:
        lengths = {None: _lengths(sequence_lengths)}
    counts |= {len(found) for found in lengths.values()}
    if len(counts) != 1 or 0 in counts:
        stated = ", ".join(map(str, sorted(counts))) or "none"
        what = f"estimate: sequence_lengths and minibatch_size state {stated} sequences"
        raise ArgumentError(describe(what, hint="one length for each sequence of the minibatch"))
    return Minibatch(counts.pop(), 1, lengths)


def _axis(given) -> Axis:
    if not isinstance(given, Axis) or not given.is_sequence_axis:
        raise ArgumentError(f"estimate: sequence_lengths has the key {given!r}, no sequence axis")
    return given


def _lengths(given) -> tuple[int, ...]:
    if not isinstance(given, Iterable):
        raise ArgumentError(f"estimate: the lengths of an axis are a list, not {given!r:.60}")
    return tuple(_size(length, "a length of sequence_lengths") for length in given)


def _size(value, what: str) -> int:
    try:
        size = operator.index(value)
    except TypeError:
        size = 0
    if size < 1 or isinstance(value, bool):
        raise ArgumentError(f"estimate: {what} is a positive int, not {value!r:.60}")
    return size
