"""What TensorBoardProgressWriter looks at by itself: parameters, gradients, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from cntk.errors import ArgumentError, describe
from cntk.execution.arguments.feeding import rows_for
from cntk.graph.build import as_function, as_variable
from cntk.graph.function import is_function_or_variable
from cntk.logging.training_step import TrainingStep
from cntk.row_sparse import held
from cntk.shape import shape_text
from cntk.variables import Variable
from cntk.weights.names import named


def histograms(step: TrainingStep) -> Iterator[tuple[str, Any]]:
    """Yield (name, numbers) of parameters, and of their gradients by sample.

    Of a gradient that touches some rows of a table only, these rows count.

    Args:
        step: a step of training.
    """
    gradients = step.gradients
    for name, weight in named(step.function).items():
        path = name.replace(".", "/")
        yield f"parameters/{path}", weight.value
        if weight in gradients:
            yield f"gradients/{path}", np.asarray(held(gradients[weight])) / step.samples


def shown_variables(images) -> dict[str, Variable]:
    """Return {name: variable} of what a user wants to see as pictures.

    Args:
        images: a variable or Function, a list of them, or {name: variable or Function}.

    Raises:
        ValueError: something else, or one that is no picture.
    """
    if images is None:
        return {}
    if not isinstance(images, Mapping):
        listed = [images] if is_function_or_variable(images) else list(images)
        if not all(map(is_function_or_variable, listed)):
            raise ArgumentError(f"images are variables or Functions, not {images!r:.80}")
        images = {as_variable(x).name or as_variable(x).uid: x for x in listed}
    found = {str(name): as_variable(x) for name, x in images.items()}
    for variable in found.values():
        if not _is_picture(variable.shape):
            what = f"images: {variable} is no picture: its shape is {shape_text(variable.shape)}"
            hint = "(channels, height, width) with 1, 3 or 4 channels, or (height, width)"
            raise ArgumentError(describe(what, hint=hint))
    return found


def _is_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3, 4))


def pictures(step: TrainingStep, variable: Variable, most: int) -> np.ndarray:
    """Return the first pictures of a minibatch, the least number black and the largest white.

    Args:
        step: a step of training.
        variable: an input of the network, or what it computes, which is then evaluated.
        most: how many, at most.

    Returns:
        An array (pictures, channels, height, width) with numbers from 0 to 255.
    """
    if variable in step.arguments:
        rows: Any = np.asarray(rows_for(variable, step.arguments[variable])[0])
    else:
        function = as_function(variable)
        given = {x: step.arguments[x] for x in function.arguments}
        rows = function.eval(given) if given else function.eval()
        rows = np.concatenate(rows) if isinstance(rows, list) else rows
    channels = variable.shape if len(variable.shape) == 3 else (1, *variable.shape)
    found = np.asarray(rows, np.float64).reshape(-1, *channels)[:most]
    finite = found[np.isfinite(found)]
    if not finite.size:
        return np.zeros(found.shape)
    low, high = finite.min(), finite.max()
    return (found - low) * (255 / (high - low) if high > low else 0)
