"""AdamW, Lion and LAMB: learners whose weight decay is not part of the gradient.

They work on the mean gradient of a minibatch, as their papers do, unless a minibatch size is given.
"""

from __future__ import annotations

from math import inf

from cntk.axis import Axis
from cntk.counts import amount_of
from cntk.learners.momentum import as_schedule
from cntk.learners.regularization import Regularization
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner
from cntk.learners.schedules import IGNORE
from cntk.ops import element_select, greater, less, reduce_sum, sqrt

_ADAMW = "Loshchilov, Hutter, ICLR 2019, arXiv:1711.05101"
_LION = "Chen et al., NeurIPS 2023, arXiv:2302.06675"
_LAMB = "You et al., ICLR 2020, arXiv:1904.00962"


def _moments(gradient, state, momentum, variance_momentum):
    """Move both running averages on, and return them."""
    state["velocity"] = momentum * state["velocity"] + (1 - momentum) * gradient
    state["squares"] = variance_momentum * state["squares"] + (1 - variance_momentum) * (
        gradient * gradient
    )
    return state["velocity"], state["squares"]


@update_rule("adamw", _ADAMW, state=("velocity", "squares"))
def adamw_rule(
    parameter, gradient, state, lr, momentum, variance_momentum, rate, spread, epsilon, weight_decay
):
    """Loshchilov and Hutter, algorithm 2."""
    mean, squares = _moments(gradient, state, momentum, variance_momentum)
    step = rate * mean / (spread * sqrt(squares) + epsilon)
    return parameter - lr * weight_decay * parameter - step


@update_rule("lion", _LION, state=("velocity",))
def lion_rule(parameter, gradient, state, lr, momentum, memory, weight_decay):
    """Chen et al., algorithm 2: a step of one size, in the direction of an average."""
    direction = momentum * state["velocity"] + (1 - momentum) * gradient
    sign = greater(direction, 0) - less(direction, 0)
    state["velocity"] = memory * state["velocity"] + (1 - memory) * gradient
    return parameter - lr * (sign + weight_decay * parameter)


@update_rule("lamb", _LAMB, state=("velocity", "squares"))
def lamb_rule(
    parameter,
    gradient,
    state,
    lr,
    momentum,
    variance_momentum,
    scale,
    spread,
    epsilon,
    weight_decay,
):
    """You et al., algorithm 2: a step as large as its parameter, times the rate."""
    mean, squares = _moments(gradient, state, momentum, variance_momentum)
    step = scale * mean / (spread * sqrt(squares) + epsilon) + weight_decay * parameter
    size, length = _norm(parameter), _norm(step)
    both = greater(size, 0) * greater(length, 0)
    trust = element_select(both, size / element_select(both, length, 1), 1)
    return parameter - lr * trust * step


def _norm(x):
    return sqrt(reduce_sum(x * x, Axis.all_axes()))


def _corrections(learner, numbers: dict) -> dict:
    """Make up for averages that began at zero."""
    steps = numbers["step"]
    scale = 1 / (1 - numbers["momentum"] ** steps)
    spread = (1 - numbers["variance_momentum"] ** steps) ** -0.5
    return {"scale": scale, "rate": scale * numbers["lr"], "spread": spread}


def adamw(
    parameters,
    lr,
    momentum=0.9,
    variance_momentum=0.999,
    weight_decay=0.01,
    epsilon=1e-8,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    minibatch_size=IGNORE,
    epoch_size=None,
) -> RuleLearner:
    """Return Adam with a weight decay of its own, which squared gradients do not scale.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        momentum: decay of the running average of gradients; a number or a schedule.
        variance_momentum: decay of the running average of squared gradients; likewise.
        weight_decay: share of a parameter that a rate of 1 would take away at each update.
        epsilon: small number that keeps the division finite.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, unknown shapes, or a negative number.

    Reference:
        Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019, arXiv:1711.05101.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.learners.adamw([w], lr=0.1)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(3)
    (True, array([0.899], dtype=float32))
    """
    numbers = {
        "momentum": as_schedule(momentum),
        "variance_momentum": as_schedule(variance_momentum),
        "weight_decay": amount_of(weight_decay, "weight_decay"),
        "epsilon": amount_of(epsilon, "epsilon"),
    }
    clip = (gradient_clipping_threshold_per_sample, gradient_clipping_with_truncation)
    return _learner(adamw_rule, parameters, lr, numbers, clip, minibatch_size, epoch_size)


def lion(
    parameters,
    lr,
    momentum=0.9,
    memory=0.99,
    weight_decay=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    minibatch_size=IGNORE,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner whose every step is the sign of an average of gradients.

    It keeps one array per parameter. Rates are a third to a tenth of Adam's.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        momentum: weight of the average in the direction of a step; a number or a schedule.
        memory: decay of that average; likewise.
        weight_decay: share of a parameter that a rate of 1 would take away at each update.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, unknown shapes, or a negative number.

    Reference:
        Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023,
        arXiv:2302.06675.

    >>> w = C.parameter((2,), init=1)
    >>> learner = C.learners.lion([w], lr=0.1)
    >>> learner.update({w: np.array([3, -0.5], 'f')}, 1), w.value.round(3)
    (True, array([0.9, 1.1], dtype=float32))
    """
    numbers = {
        "momentum": as_schedule(momentum),
        "memory": as_schedule(memory),
        "weight_decay": amount_of(weight_decay, "weight_decay"),
    }
    clip = (gradient_clipping_threshold_per_sample, gradient_clipping_with_truncation)
    return _learner(lion_rule, parameters, lr, numbers, clip, minibatch_size, epoch_size, None)


def lamb(
    parameters,
    lr,
    momentum=0.9,
    variance_momentum=0.999,
    weight_decay=0.01,
    epsilon=1e-6,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    minibatch_size=IGNORE,
    epoch_size=None,
) -> RuleLearner:
    """Return AdamW with steps in proportion to each parameter, for large minibatches.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        momentum: decay of the running average of gradients; a number or a schedule.
        variance_momentum: decay of the running average of squared gradients; likewise.
        weight_decay: weight of the parameter in the direction of a step.
        epsilon: small number that keeps the division finite.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, unknown shapes, or a negative number.

    Reference:
        You et al., "Large batch optimization for deep learning: training BERT in 76 minutes",
        ICLR 2020, arXiv:1904.00962.

    >>> w = C.parameter((1,), init=2)
    >>> learner = C.learners.lamb([w], lr=0.1)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(3)
    (True, array([1.8], dtype=float32))
    """
    numbers = {
        "momentum": as_schedule(momentum),
        "variance_momentum": as_schedule(variance_momentum),
        "weight_decay": amount_of(weight_decay, "weight_decay"),
        "epsilon": amount_of(epsilon, "epsilon"),
    }
    clip = (gradient_clipping_threshold_per_sample, gradient_clipping_with_truncation)
    return _learner(lamb_rule, parameters, lr, numbers, clip, minibatch_size, epoch_size)


def _learner(
    rule, parameters, lr, numbers, clip, minibatch_size, epoch_size, derive=_corrections
) -> RuleLearner:
    threshold, truncate = clip
    return RuleLearner(
        rule, parameters, lr, numbers=numbers, derive=derive,
        regularization=Regularization(clip=threshold, truncate=truncate),
        minibatch_size=minibatch_size, epoch_size=epoch_size,
    )  # fmt: skip
