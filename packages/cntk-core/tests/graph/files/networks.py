"""Networks and dictionaries that the tests of this folder share."""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.graph.files import function_of, model_dictionary
from cntk.storage import dictionary_bytes, read_dictionary


def two_layers():
    """Return a network with inputs, parameters, constants, literals, blocks, and a name."""
    x = C.input_variable((2, 3), name="x")
    w = C.parameter((3, 4), init=np.arange(12, dtype=np.float32).reshape(3, 4) / 10, name="w")
    hidden = C.softplus(C.times(x, w) + np.arange(4, dtype=np.float32), name="hidden")
    return C.element_max(hidden, 0.75, name="out")


def through_a_file(function):
    """Return what a function is after it was saved and loaded."""
    return function_of(stored(function))


def stored(function):
    """Return the dictionary of a model as it comes from a file: a copy of everything."""
    return read_dictionary(dictionary_bytes(model_dictionary(function)))


def entry(model, uid):
    """Return the entry of a leaf or function."""
    parts = [*model["inputs"], *model["primitive_functions"]]
    return next(part for part in parts if part["uid"] == uid)


def output(function):
    """Return the values for fixed data."""
    data = np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 2, 3)
    return function.eval({function.arguments[0]: data})
