"""FSAdaGrad, CNTK's own adaptive learner."""

from __future__ import annotations

import math
from math import inf

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
from cntk.ops import element_min, sqrt

_LARGEST_FACTOR = 10.0


@update_rule(
    "fsadagrad", untouched_rows="catch_up", state=("squares", "velocity"),
    decays={"squares": "variance_momentum", "velocity": "momentum"},
)  # fmt: skip
def fsadagrad_rule(parameter, gradient, state, lr, momentum, variance_momentum, gain, root_count):
    """Gradients scaled by their running root mean square, then averaged with momentum."""
    state["squares"] = variance_momentum * state["squares"] + (1 - variance_momentum) * (
        gradient * gradient
    )
    scaled = gradient * element_min(root_count / sqrt(state["squares"]), _LARGEST_FACTOR)
    state["velocity"] = momentum * state["velocity"] + gain * scaled
    return parameter - lr * state["velocity"]


def _derive(learner, numbers: dict) -> dict:
    """The running average of sample counts, which puts the sum of squares on one scale."""
    decay = numbers["variance_momentum"]
    learner.smoothed_count = decay * learner.smoothed_count + (1 - decay) * numbers["num_samples"]
    gain = unit_gain_factor(numbers)
    return {"gain": gain, "root_count": math.sqrt(learner.smoothed_count)}


def fsadagrad(
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
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner that scales each gradient by its running root mean square.

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
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, or unknown shapes.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.fsadagrad([w], lr=0.1, momentum=0.9)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(3)
    (True, array([0.99], dtype=float32))
    """
    given = options(locals())
    numbers = momentum_numbers(momentum, unit_gain, variance_momentum=variance_momentum)
    return RuleLearner(
        fsadagrad_rule, parameters, lr, numbers=numbers, derive=_derive, epoch_size=epoch_size,
        **given,
    )  # fmt: skip
