"""What every learner is checked for: small updates of parameters of several shapes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

from cntk.testing.cases import Case, run_all
from cntk.testing.learners.rates import check_mean_gradient, check_minibatch_size, check_zero_rate
from cntk.testing.learners.rules import check_rule, check_state
from cntk.testing.learners.saving import check_checkpoint
from cntk.testing.learners.steps import (
    check_counts,
    check_moves,
    check_parameters_apart,
    check_repeatable,
    check_types,
)
from cntk.testing.learners.training import Training

_CHECKS = {
    "moves": check_moves,
    "counts": check_counts,
    "repeatable": check_repeatable,
    "types": check_types,
    "parameters-apart": check_parameters_apart,
    "zero-rate": check_zero_rate,
    "minibatch-size": check_minibatch_size,
    "checkpoint": check_checkpoint,
}
_CHECKS_OF_RULES = {"state": check_state, "rule": check_rule}


def learner_cases(name: str, factory: Callable, **options) -> list[Case]:
    """Return every check that applies to a learner, for pytest's ``parametrize(..., ids=str)``.

    Args:
        name: name for ids and messages.
        factory: function of (parameters, rate, **options) that returns the learner.
        options: further arguments of the factory, such as ``momentum=0.9``.
    """
    bound = partial(factory, **options)
    checks = dict(_CHECKS)
    if hasattr(Training(bound).learner, "rule"):
        checks.update(_CHECKS_OF_RULES)
    parameters = inspect.signature(factory).parameters.values()
    if any(p.name == "minibatch_size" or p.kind is p.VAR_KEYWORD for p in parameters):
        checks["mean-gradient"] = check_mean_gradient
    return [Case("learner", name, what, partial(check, bound)) for what, check in checks.items()]


def check_learner(factory: Callable, **options) -> None:
    """Perform every check that applies to a learner.

    Args:
        factory: function of (parameters, rate, **options) that returns the learner.
        options: further arguments of the factory, such as ``momentum=0.9``.

    Raises:
        Mismatch: it does not pass; the message lists all checks that fail.
    """
    name = getattr(factory, "__name__", type(factory).__name__)
    run_all(learner_cases(name, factory, **options))
