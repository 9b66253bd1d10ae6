"""User functions that note how they are called."""

from __future__ import annotations

import cntk as C


class Noted(C.ops.functions.UserFunction):
    """Computes ``factor`` times the sum of its inputs; notes shapes and states of its calls.

    Args:
        inputs: its inputs, all of one static shape.
        factor: the factor.
        on_forward, on_backward: called first; may raise, or return what is returned instead.
    """

    def __init__(self, inputs, factor=2.0, on_forward=None, on_backward=None, **options) -> None:
        super().__init__(inputs, **options)
        self.factor, self.on_forward, self.on_backward = factor, on_forward, on_backward
        self.forwards: list = []
        self.backwards: list = []

    def infer_outputs(self):
        x = self.inputs[0]
        return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]

    def forward(self, arguments, device=None, outputs_to_retain=None):
        self.forwards.append(arguments)
        if self.on_forward is not None:
            return self.on_forward(arguments)
        given = arguments if len(self.inputs) > 1 else [arguments]
        if isinstance(given[0], list):
            count = len(given[0])
            frames = zip(*[_for_each(x, count) for x in given])
            return len(self.forwards), [self.factor * sum(parts) for parts in frames]
        return len(self.forwards), self.factor * sum(given)

    def backward(self, state, root_gradients, variables=None):
        self.backwards.append((state, root_gradients, None if variables is None else [*variables]))
        if self.on_backward is not None:
            return self.on_backward(state, root_gradients, variables)
        is_list = isinstance(root_gradients, list)
        parts = [self.factor * g for g in (root_gradients if is_list else [root_gradients])]
        found = parts if is_list else parts[0]
        if variables is None:
            return found
        for variable in variables:
            has_rows = bool(variable.dynamic_axes)
            variables[variable] = found if has_rows else sum(part.sum(0) for part in parts)
        return None


def _for_each(x, count: int) -> list:
    """Return what an input has for each of the sequences: all, if it has no rows."""
    if isinstance(x, list):
        return x
    return [x[i : i + 1] for i in range(count)] if len(x) == count and x.ndim > 1 else [x] * count
