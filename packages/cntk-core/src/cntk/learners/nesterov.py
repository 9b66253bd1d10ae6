"""Nesterov's accelerated gradient."""

from __future__ import annotations

from math import inf

from cntk.learners.momentum import DEFAULT_UNIT_GAIN, momentum_numbers, unit_gain_factor
from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner


@update_rule("nesterov", untouched_rows="none", state=("velocity",))
def nesterov_rule(parameter, gradient, state, momentum, rate):
    """``v = m v + u lr g; w - (m v + u lr g)``"""
    step = rate * gradient
    state["velocity"] = momentum * state["velocity"] + step
    return parameter - (momentum * state["velocity"] + step)


@nesterov_rule.of_rows
def nesterov_of_rows(parameter, gradient, state, lr, momentum, gain):
    """``v = m v + u g; w - lr (m v + u g)``: the rate is that of the update."""
    step = gain * gradient
    state["velocity"] = momentum * state["velocity"] + step
    return parameter - lr * (momentum * state["velocity"] + step)


def _derive(learner, numbers: dict) -> dict:
    gain = unit_gain_factor(numbers)
    return {"gain": gain, "rate": numbers["lr"] * gain}


def nesterov(
    parameters,
    lr,
    momentum,
    unit_gain=DEFAULT_UNIT_GAIN,
    l1_regularization_weight=0.0,
    l2_regularization_weight=0.0,
    gaussian_noise_injection_std_dev=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    use_mean_gradient=None,
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner with Nesterov's momentum: it looks ahead by one step.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        momentum: a number, or a schedule of :func:`momentum_schedule`.
        unit_gain: average the gradients (True) instead of adding them up.
        l1_regularization_weight: weight of the sum of absolute values, per sample.
        l2_regularization_weight: weight decay, per sample.
        gaussian_noise_injection_std_dev: standard deviation of noise added to parameters.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        use_mean_gradient: True is the older form of ``minibatch_size=C.learners.IGNORE``.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, or unknown shapes.

    Reference:
        Nesterov, "A method of solving a convex programming problem with convergence rate
        O(1/k^2)", Soviet Mathematics Doklady, 1983.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.nesterov([w], lr=0.1, momentum=0.9)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(3)
    (True, array([0.981], dtype=float32))
    """
    given = options(locals())
    numbers = momentum_numbers(momentum, unit_gain)
    return RuleLearner(
        nesterov_rule, parameters, lr, numbers=numbers, derive=_derive, epoch_size=epoch_size,
        **given,
    )  # fmt: skip
