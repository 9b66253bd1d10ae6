"""AdaDelta."""

from __future__ import annotations

from math import inf

from cntk.counts import amount_of
from cntk.errors import ArgumentError
from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner
from cntk.learners.schedules import learning_parameter_schedule_per_sample
from cntk.ops import sqrt


@update_rule(
    "adadelta", untouched_rows="catch_up", state=("squares", "steps"),
    decays={"squares": "rho", "steps": "rho"},
)  # fmt: skip
def adadelta_rule(parameter, gradient, state, lr, rho, epsilon):
    """Zeiler, algorithm 1."""
    state["squares"] = rho * state["squares"] + (1 - rho) * (gradient * gradient)
    step = sqrt(state["steps"] + epsilon) / sqrt(state["squares"] + epsilon) * gradient
    state["steps"] = rho * state["steps"] + (1 - rho) * (step * step)
    return parameter - lr * step


def adadelta(
    parameters,
    lr=learning_parameter_schedule_per_sample(1),
    rho=0.95,
    epsilon=1e-8,
    l1_regularization_weight=0.0,
    l2_regularization_weight=0.0,
    gaussian_noise_injection_std_dev=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    use_mean_gradient=None,
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner whose steps have the scale of earlier steps.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        rho: decay of the running averages.
        epsilon: small number that starts the steps.
        l1_regularization_weight: weight of the sum of absolute values, per sample.
        l2_regularization_weight: weight decay, per sample.
        gaussian_noise_injection_std_dev: standard deviation of noise added to parameters.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        use_mean_gradient: True is the older form of ``minibatch_size=C.learners.IGNORE``.
        minibatch_size: number of samples that rate and momenta are meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, or unknown shapes; or a number is out of range.

    Reference:
        Zeiler, "ADADELTA: an adaptive learning rate method", 2012, arXiv:1212.5701.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.adadelta([w])
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(4)
    (True, array([0.9996], dtype=float32))
    """
    given = options(locals())
    numbers = {"rho": amount_of(rho, "rho"), "epsilon": amount_of(epsilon, "epsilon")}
    if numbers["rho"] > 1:
        raise ArgumentError(f"rho, the decay of averages, is a number from 0 to 1, not {rho}")
    return RuleLearner(
        adadelta_rule, parameters, lr, numbers=numbers, epoch_size=epoch_size, **given
    )
