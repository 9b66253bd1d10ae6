"""Whose rows count as samples, for a loss or metric that may have no dynamic axes.

The average of a criterion is its sum over a minibatch, divided by the number of samples. One that
has reduced the batch axis has a single value; CNTK 2.7 counts then what it was made from, and
trainers look further for it than evaluators.
"""

from __future__ import annotations

from cntk.graph.nodes import Block
from cntk.variables import Variable


def counted_in_training(loss: Variable) -> Variable | None:
    """Return the first variable with dynamic axes on the way down from a loss; None: there is none.

    Operands are taken in the order of files, each with all that it depends on.
    """
    seen: set[int] = set()
    stack = [loss]
    while stack:
        variable = stack.pop()
        if variable.dynamic_axes:
            return variable
        owner = variable._owner
        if owner is not None and id(owner) not in seen:
            seen.add(id(owner))
            stack.extend(reversed(owner.stored_inputs))
    return None


def counted_in_tests(metric: Variable) -> Variable | None:
    """Return the metric, or the first operand of its operation, if that has dynamic axes.

    That operand is what a reduction, an edit distance or a ranking reduces. None: one value.
    """
    if metric.dynamic_axes:
        return metric
    root = metric._owner
    while isinstance(root, Block):
        root = root.block_root
    if root is None or not root.inputs:
        return None
    operand = root.inputs[0]
    return operand if operand.dynamic_axes else None
