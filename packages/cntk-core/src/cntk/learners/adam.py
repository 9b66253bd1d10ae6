"""Adam and AdaMax."""

from __future__ import annotations

import math
from math import inf

from cntk.counts import amount_of
from cntk.learners.momentum import (
    DEFAULT_UNIT_GAIN,
    DEFAULT_VARIANCE_MOMENTUM,
    momentum_numbers,
    unit_gain_factor,
)
from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner
from cntk.learners.schedules import momentum_schedule_per_sample
from cntk.ops import abs, element_max, sqrt

# rows without gradient do not move, as they would by their velocity
_DECAYS = {"squares": "variance_momentum", "velocity": "momentum"}


@update_rule("adam", untouched_rows="catch_up", state=("squares", "velocity"), decays=_DECAYS)
def adam_rule(parameter, gradient, state, momentum, variance_momentum, gain, rate, epsilon):
    """Kingma and Ba, algorithm 1; epsilon is added before the bias correction."""
    state["squares"] = variance_momentum * state["squares"] + (1 - variance_momentum) * (
        gradient * gradient
    )
    state["velocity"] = momentum * state["velocity"] + gain * gradient
    return parameter - rate * state["velocity"] / (sqrt(state["squares"]) + epsilon)


@update_rule("adamax", untouched_rows="catch_up", state=("squares", "velocity"), decays=_DECAYS)
def adamax_rule(parameter, gradient, state, momentum, variance_momentum, gain, rate, epsilon):
    """Kingma and Ba, algorithm 2."""
    state["squares"] = element_max(variance_momentum * state["squares"], abs(gradient))
    state["velocity"] = momentum * state["velocity"] + gain * gradient
    return parameter - rate * state["velocity"] / (state["squares"] + epsilon)


def _derive(learner, numbers: dict) -> dict:
    """Bias correction, with the momenta in force for this minibatch."""
    learner.smoothed_count += 1
    count = learner.smoothed_count
    correction = 1 / (1 - numbers["momentum"] ** count)
    if learner.rule is adam_rule:
        correction *= math.sqrt(1 - numbers["variance_momentum"] ** count)
    return {"gain": unit_gain_factor(numbers), "rate": numbers["lr"] * correction}


def adam(
    parameters,
    lr,
    momentum,
    unit_gain=DEFAULT_UNIT_GAIN,
    variance_momentum=momentum_schedule_per_sample(DEFAULT_VARIANCE_MOMENTUM),
    l1_regularization_weight=0.0,
    l2_regularization_weight=0.0,
    gaussian_noise_injection_std_dev=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    use_mean_gradient=None,
    epsilon=1e-8,
    adamax=False,
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner with running averages of the gradient and of its square.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        momentum: a number, or a schedule of :func:`momentum_schedule`.
        unit_gain: average the gradients (True) instead of adding them up.
        variance_momentum: decay of the running average of squared gradients.
        l1_regularization_weight: weight of the sum of absolute values, per sample.
        l2_regularization_weight: weight decay, per sample.
        gaussian_noise_injection_std_dev: standard deviation of noise added to parameters.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        use_mean_gradient: True is the older form of ``minibatch_size=C.learners.IGNORE``.
        epsilon: small number that keeps the division finite.
        adamax: use the largest absolute gradient in place of the root mean square.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, or unknown shapes; or a negative ``epsilon``.

    Reference:
        Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, arXiv:1412.6980.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.adam([w], lr=0.1, momentum=0.9)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(2)
    (True, array([0.9], dtype=float32))
    """
    given = options(locals())
    numbers = momentum_numbers(momentum, unit_gain, variance_momentum=variance_momentum)
    numbers["epsilon"] = amount_of(epsilon, "epsilon")
    return RuleLearner(
        adamax_rule if adamax else adam_rule, parameters, lr, numbers=numbers, derive=_derive,
        epoch_size=epoch_size, **given,
    )  # fmt: skip
