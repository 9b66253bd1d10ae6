"""What a step of training shows to progress writers that ask for more than sums."""

from __future__ import annotations

from typing import Any, NamedTuple

from cntk.graph.function import Function
from cntk.variables import Parameter


class TrainingStep(NamedTuple):
    """A step that has been taken; its arrays are lent until the writer returns.

    ``function``: model, loss and metric; ``arguments``: {variable: data} of the minibatch;
    ``samples``: how many it had; ``gradients``: {parameter: gradient of the loss, summed over the
    samples}, which may be row-sparse.
    """

    function: Function
    arguments: dict
    samples: int
    gradients: dict[Parameter, Any]
