"""RMSProp with a step size for each element."""

from __future__ import annotations

from math import inf

from cntk.axis import Axis
from cntk.errors import ExecutionError
from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner
from cntk.ops import (
    element_max,
    element_min,
    element_select,
    equal,
    greater,
    less,
    reduce_mean,
    sqrt,
)

_FLOOR = 1e-6
_FIRST_STEP = 0.02
_STATE = ("squares", "sign", "step_size")
_DECAYS = {"squares": "gamma"}


def _scale(gradient, state, gamma, inc, dec, largest, smallest):
    """Return each element's factor: its step size over the root mean square of its gradients."""
    is_first = equal(state["step_size"], 0)  # of a row, where gradients are row-sparse
    squares = gradient * gradient
    averaged = gamma * state["squares"] + (1 - gamma) * squares
    state["squares"] = is_first * squares + (1 - is_first) * averaged
    step = state["step_size"] + is_first * _FIRST_STEP
    sign = greater(gradient, 0) - less(gradient, 0)
    grown, shrunk = element_min(step * inc, largest), element_max(step * dec, smallest)
    state["step_size"] = element_select(greater(sign * state["sign"], 0), grown, shrunk)
    state["sign"] = sign
    return state["step_size"] / sqrt(state["squares"] + _FLOOR)


@update_rule("rmsprop", untouched_rows="catch_up", state=_STATE, decays=_DECAYS)
def rmsprop_rule(
    parameter, gradient, state, lr, gamma, inc, dec, largest, smallest
):  # fmt: skip
    """``w - lr g s / sqrt(a)``, with a step size s that grows while the sign stays."""
    factor = _scale(gradient, state, gamma, inc, dec, largest, smallest)
    return parameter - lr * gradient * factor


@update_rule(
    "rmsprop with average multiplier", untouched_rows="catch_up", state=_STATE, decays=_DECAYS
)
def rmsprop_averaged_rule(
    parameter, gradient, state, lr, gamma, inc, dec, largest, smallest
):  # fmt: skip
    """As :func:`rmsprop_rule`, divided by the mean of all factors of the parameter."""
    factor = _scale(gradient, state, gamma, inc, dec, largest, smallest)
    return parameter - lr * gradient * factor / reduce_mean(factor, Axis.all_axes())


def _derive(learner, numbers: dict) -> dict:
    learner.smoothed_count += 1
    return {}


def rmsprop(
    parameters,
    lr,
    gamma,
    inc,
    dec,
    max,
    min,
    need_ave_multiplier=True,
    l1_regularization_weight=0.0,
    l2_regularization_weight=0.0,
    gaussian_noise_injection_std_dev=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    use_mean_gradient=None,
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner that divides gradients by their running root mean square.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        gamma: decay of the running average of squares, in (0, 1).
        inc: factor of the step size while the gradient keeps its sign, above 1.
        dec: factor of the step size when it does not, in (0, 1).
        max: largest step size.
        min: smallest step size.
        need_ave_multiplier: keep the mean rate of each parameter at ``lr``.
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
        Tieleman, Hinton, "Lecture 6.5 - RMSProp", COURSERA: Neural Networks for Machine Learning,
        2012.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.rmsprop([w], 0.1, 0.95, 1.2, 0.7, 10, 0.001, need_ave_multiplier=False)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(4)
    (True, array([0.9986], dtype=float32))
    """
    given = options(locals())
    _check(gamma, inc, dec, max, min)
    numbers = {"gamma": gamma, "inc": inc, "dec": dec, "largest": max, "smallest": min}
    return RuleLearner(
        rmsprop_averaged_rule if need_ave_multiplier else rmsprop_rule, parameters, lr,
        numbers=numbers, derive=_derive, epoch_size=epoch_size, **given,
    )  # fmt: skip


def _check(gamma, inc, dec, largest, smallest) -> None:
    if not 0 < gamma < 1:
        raise ExecutionError(f"RMSProp gamma must be in range (0.0, 1.0), not {gamma}")
    if not inc > 1:
        raise ExecutionError(f"RMSProp inc must be greater than 1, not {inc}")
    if not 0 < dec < 1:
        raise ExecutionError(f"RMSProp dec must be in range (0.0, 1.0), not {dec}")
    if not (largest > 0 and largest > smallest):
        raise ExecutionError(
            f"RMSProp max must be greater than zero and min, not {largest} with min {smallest}"
        )
    if not smallest > 0:
        raise ExecutionError(f"RMSProp min must be greater than zero, not {smallest}")
