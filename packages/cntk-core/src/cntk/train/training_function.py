"""The function that a trainer's checkpoint holds: model, loss and metric, with CNTK 2.7's sums."""

from __future__ import annotations

from collections.abc import Sequence

from cntk.axis import ALL_AXES
from cntk.graph.build import as_variable, combine
from cntk.graph.function import Function
from cntk.operators.declare import registry
from cntk.variables import Variable


def training_function(
    model: Sequence[Variable], loss: Variable, metric: Variable | None
) -> Function:
    """Return the model's outputs, the loss and the metric, each followed by what sums it.

    Checkpoints are restored into an equal graph, so the sums are there only to make the graph that
    of CNTK 2.7: files of the two can be exchanged.

    Args:
        model: outputs of the model.
        loss: the loss.
        metric: the metric, if there is one.
    """
    outputs = list(model)
    for criterion, name in ((loss, "aggregateLoss"), (metric, "aggregateEvalMetric")):
        if criterion is None:
            continue
        outputs.append(criterion)
        summed = _summed(criterion, name)
        if summed is not None and summed not in outputs:
            outputs.append(summed)
    return combine(outputs)


def _summed(criterion: Variable, name: str) -> Variable | None:
    """Return the sum over a minibatch; of what is summed already, where its samples came from."""
    if criterion.dynamic_axes:
        over_all = registry["sum_over"]
        return as_variable(over_all(criterion, ALL_AXES, keepdims=False, name=name))
    return _first_with_rows(criterion)


def _first_with_rows(variable: Variable) -> Variable | None:
    """Return the first variable with dynamic axes that a variable depends on."""
    seen: set[int] = set()
    stack = [variable]
    while stack:
        found = stack.pop()
        if found.dynamic_axes:
            return found
        owner = found.owner if found.is_output else None
        if owner is not None and id(owner) not in seen:
            seen.add(id(owner))
            stack.extend(reversed(owner.inputs))
    return None
