"""Learners written as a Function of parameters and gradients."""

from __future__ import annotations

from typing import Any

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.graph.traverse import nodes_in_order
from cntk.learners.learner import Learner
from cntk.upward import module
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
        # one that reads what other learners update must wait until they have
        self._waits = any(p not in self.parameters for p in update.parameters)
        self._run: Any = None  # computed, but nothing is assigned yet
        self._computed_from: list | None = None
        self._state_variables = _assigned(update, besides=[*parameters, *gradients])

    def state_variables(self) -> list:
        return self._state_variables

    def reserve(self, gradients: list) -> None:
        if not self._waits:
            self._compute(gradients)

    def _compute(self, gradients: list) -> None:
        """Compute the update by gradients; nothing is assigned yet."""
        if self._run is not None:
            self._run.end()
            self._run = None
        for constant, gradient in zip(self._gradients, gradients):
            constant.cell.write(gradient)
        update = self._update_function
        session = module("cntk.execution.session")
        self._run = session.program_for(update, update.outputs, training=False).run({})
        self._computed_from = gradients

    def _apply(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        if self._run is None or self._computed_from is not gradients:
            self._compute(gradients)
        run, self._run, self._computed_from = self._run, None, None
        run.commit()
        run.end()
        return True


def _assigned(update: Function, besides: list) -> list:
    """Return the parameters and constants that a Function writes to, in its order."""
    found = {
        operand: None
        for node in nodes_in_order(update.outputs)
        if hasattr(node, "operator") and node.operator is not None
        for name, operand in zip(node.operator.signature.operands, node.operands)
        if name in node.operator.updates and hasattr(operand, "cell")
    }
    return [variable for variable in found if variable not in besides]


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
    return universal_learner(parameters, gradients, update_func(parameters, gradients))


def universal_learner(parameters, gradients, update) -> UniversalLearner:
    """Return a learner whose update is a Function; the form of the native module of CNTK 2.7.

    Args:
        parameters: the parameters to change.
        gradients: a constant or parameter for each, which ``update`` uses; before an update it is
            set to the sum of the gradient over the samples of a minibatch.
        update: a Function, such as ``C.combine`` of ``C.assign``.

    Raises:
        RuntimeError: there are more or fewer gradients than parameters.
        TypeError: ``update`` is no Function, or a gradient holds no value.

    >>> w, g = C.parameter((1,), init=1), C.constant(0, (1,))
    >>> learner = C.cntk_py.universal_learner([w], [g], C.assign(w, w - 0.5 * g))
    >>> learner.update({w: np.ones(1, 'f')}, 1), w.value
    (True, array([0.5], dtype=float32))
    """
    parameters, gradients = list(parameters), list(gradients)
    if len(parameters) != len(gradients):
        raise RuntimeError(
            f"Number of parameters ({len(parameters)}) does not match number of gradients "
            f"({len(gradients)})"
        )
    if not isinstance(update, Function):
        raise ArgumentError(f"the update must be a Function, not {type(update).__name__}")
    for parameter, gradient in zip(parameters, gradients):
        if not hasattr(gradient, "cell") or gradient.shape != parameter.shape:
            raise ArgumentError(
                f"the gradient of {parameter} must be a constant or parameter of its shape, not "
                f"{gradient!r}"
            )
    return UniversalLearner(parameters, update, gradients)
