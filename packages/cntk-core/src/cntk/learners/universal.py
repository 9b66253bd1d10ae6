"""Learners written as a Function of parameters and gradients."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.learners.learner import Learner
from cntk.variables import Constant


class UniversalLearner(Learner):
    """A learner whose update is a Function that assigns to its parameters.

    Args:
        parameters: the parameters to change.
        update: the Function.
        gradients: one constant per parameter, set to the gradient sum before each update.
    """

    def __init__(self, parameters, update, gradients) -> None:
        super().__init__(parameters, 1.0)
        self._update_function, self._gradients = update, gradients

    def _apply(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        for constant, gradient in zip(self._gradients, gradients):
            constant.cell.write(gradient)
        self._update_function.eval({})
        return True


def universal(update_func, parameters) -> UniversalLearner:
    """Return a learner whose update is built from parameters and gradients.

    Args:
        update_func: function of (parameters, gradients), two lists of variables, that returns a
            Function, such as ``C.combine`` of ``C.assign``; the gradients are sums over the
            samples of a minibatch.
        parameters: the parameters to change.

    Raises:
        ValueError: ``update_func`` does not return a Function.

    >>> w = C.parameter((1,), init=1)
    >>> learner = C.universal(lambda ps, gs: C.assign(ps[0], ps[0] - 0.5 * gs[0]), [w])
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value
    (True, array([0.5], dtype=float32))
    """
    parameters = list(parameters)
    gradients = [
        Constant(0, p.shape, p.dtype, name=f"gradient of {p.name or p.uid}") for p in parameters
    ]
    update = update_func(parameters, gradients)
    if not hasattr(update, "eval"):
        raise ArgumentError(f"update_func must return a Function, not {type(update).__name__}")
    return UniversalLearner(parameters, update, gradients)
