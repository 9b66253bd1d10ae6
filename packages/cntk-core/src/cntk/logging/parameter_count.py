"""log_number_of_parameters: how large a model is."""

from __future__ import annotations

import math


def log_number_of_parameters(model, trace_level=0) -> None:
    """Print the number of a model's parameters.

    Args:
        model: a Function.
        trace_level: above 0, print the shape of each parameter too.

    >>> class Model:
    ...     parameters = (C.Parameter((2, 3)), C.Parameter(3))
    >>> log_number_of_parameters(Model)
    Training 9 parameters in 2 parameter tensors.
    """
    shapes = [parameter.shape for parameter in model.parameters]
    if all(size > 0 for shape in shapes for size in shape):
        number = str(sum(map(math.prod, shapes)))
    else:
        number = "so far unspecified number of"
    print(f"Training {number} parameters in {len(shapes)} parameter tensors.", flush=True)
    if trace_level > 0:
        print("", *(f"\t{shape}" for shape in shapes), sep="\n", flush=True)
