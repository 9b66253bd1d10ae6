"""Signum: momentum, of which only the sign counts."""

from __future__ import annotations

from cntk.learners import learner
from cntk.ops import greater, less


@learner("signum", reference="Bernstein et al., 2018, arXiv:1802.04434")
def signum(parameter, gradient, state, lr, beta=0.9):
    """Return the parameter after a step of ``lr`` in each coordinate, against its mean gradient.

    Args:
        lr: size of the step.
        beta: share of the mean that is kept at each step.
    """
    mean = state["m"] = beta * state["m"] + (1 - beta) * gradient
    sign = greater(mean, 0) - less(mean, 0)
    return parameter - lr * sign
