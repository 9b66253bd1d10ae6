"""Learners from outside: an update rule with a name."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from cntk.learners.regularization import options
from cntk.learners.rule import UpdateRule
from cntk.learners.rule_learner import RuleLearner

_SHARED = {
    "l1_regularization_weight": 0.0,
    "l2_regularization_weight": 0.0,
    "gaussian_noise_injection_std_dev": 0.0,
    "gradient_clipping_threshold_per_sample": float("inf"),
    "gradient_clipping_with_truncation": True,
    "use_mean_gradient": None,
    "minibatch_size": None,
}


def learner(name: str, reference: str = "", untouched_rows: str = "all") -> Callable:
    """Return a decorator that makes a learner's factory of an update rule.

    Args:
        name: name under which the learner is published.
        reference: the paper.
        untouched_rows: what happens to rows without gradient: ``none``, ``catch_up`` or ``all``.

    The rule is ``rule(parameter, gradient, state, lr, beta=0.9)``, written with operators; see
    :class:`cntk.learners.rule.UpdateRule`. Parameters with defaults become keyword arguments of the
    factory, whose first arguments are ``parameters`` and ``lr``.

    >>> @learner('halved')
    ... def halved(parameter, gradient, lr, factor=0.5):
    ...     return parameter - factor * lr * gradient
    >>> w = C.parameter((1,), init=1)
    >>> halved([w], lr=1).update({w: np.ones(1, 'f')}, 1), w.value
    (True, array([0.5], dtype=float32))
    """

    def decorate(function: Callable) -> Callable:
        rule = UpdateRule(function, name, reference, untouched_rows)
        numbers = {
            key: parameter.default
            for key, parameter in inspect.signature(function).parameters.items()
            if parameter.default is not parameter.empty
        }

        def factory(parameters, lr, **given) -> RuleLearner:
            unknown = set(given) - set(numbers) - set(_SHARED)
            if unknown:
                raise TypeError(
                    f"{name}() got an unexpected keyword argument '{sorted(unknown)[0]}'; "
                    f"it takes {', '.join([*numbers, *_SHARED])}"
                )
            chosen = {key: given.get(key, default) for key, default in numbers.items()}
            shared = {key: given.get(key, default) for key, default in _SHARED.items()}
            return RuleLearner(rule, parameters, lr, numbers=chosen, **options(shared))

        factory.__name__, factory.__doc__ = name, function.__doc__
        return factory

    return decorate
