"""AdaGrad."""

from __future__ import annotations

from math import inf

from cntk.axis import Axis
from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner
from cntk.ops import reduce_mean, sqrt

_FLOOR = 1e-16


@update_rule("adagrad", untouched_rows="none", state=("squares",))
def adagrad_rule(parameter, gradient, state, lr):
    """``a += g^2; w - lr g / sqrt(a + 1e-16)``"""
    state["squares"] = state["squares"] + gradient * gradient
    return parameter - lr * gradient / sqrt(state["squares"] + _FLOOR)


@update_rule("adagrad with average multiplier", untouched_rows="none", state=("squares",))
def adagrad_averaged_rule(parameter, gradient, state, lr):
    """As :func:`adagrad_rule`, divided by the mean of all multipliers of the parameter.

    Of a row-sparse gradient, as in CNTK 2.7: of the rows that it touches.
    """
    state["squares"] = state["squares"] + gradient * gradient
    multiplier = 1 / sqrt(state["squares"] + _FLOOR)
    return parameter - lr * gradient * multiplier / reduce_mean(multiplier, Axis.all_axes())


def adagrad(
    parameters,
    lr,
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
    """Return a learner with a rate for each element: smaller where gradients have been large.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
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
        Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic
        optimization", JMLR 2011.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.adagrad([w], lr=0.1, need_ave_multiplier=False)
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value.round(3)
    (True, array([0.9], dtype=float32))
    """
    given = options(locals())
    rule = adagrad_averaged_rule if need_ave_multiplier else adagrad_rule
    return RuleLearner(rule, parameters, lr, epoch_size=epoch_size, **given)
