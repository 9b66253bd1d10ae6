"""Stochastic gradient descent."""

from __future__ import annotations

from math import inf

from cntk.learners.regularization import options
from cntk.learners.rule import update_rule
from cntk.learners.rule_learner import RuleLearner


@update_rule("sgd", untouched_rows="none", state=())
def sgd_rule(parameter, gradient, lr):
    """``w - lr * g``"""
    return parameter - lr * gradient


def sgd(
    parameters,
    lr,
    l1_regularization_weight=0.0,
    l2_regularization_weight=0.0,
    gaussian_noise_injection_std_dev=0.0,
    gradient_clipping_threshold_per_sample=inf,
    gradient_clipping_with_truncation=True,
    use_mean_gradient=None,
    minibatch_size=None,
    epoch_size=None,
) -> RuleLearner:
    """Return a learner that follows the negative gradient.

    Args:
        parameters: the parameters to change.
        lr: learning rate: a number, or a schedule of :func:`learning_parameter_schedule`.
        l1_regularization_weight: weight of the sum of absolute values, per sample.
        l2_regularization_weight: weight decay, per sample.
        gaussian_noise_injection_std_dev: standard deviation of noise added to parameters.
        gradient_clipping_threshold_per_sample: largest gradient per sample.
        gradient_clipping_with_truncation: clip each element; else scale by the norm.
        use_mean_gradient: True is the older form of ``minibatch_size=C.learners.IGNORE``.
        minibatch_size: number of samples that the rate is meant for; 0: the minibatch.
        epoch_size: samples that an entry of a list of rates lasts.

    Raises:
        ValueError: no parameters, duplicates, or unknown shapes.

    >>> w = C.parameter((2,), init=1)
    >>> learner = C.sgd([w], lr=0.5)
    >>> learner.update({w: np.ones(2, 'f')}, 1), w.value
    (True, array([0.5, 0.5], dtype=float32))
    """
    given = options(locals())
    return RuleLearner(sgd_rule, parameters, lr, epoch_size=epoch_size, **given)
