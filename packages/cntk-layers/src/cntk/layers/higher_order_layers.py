"""Layers made of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cntk import ops
from cntk.graph.function import Function
from cntk.internal.utils import get_python_function_arguments
from cntk.layers.identity import identity


def Sequential(layers, name: str = ""):
    """Return the composition of layers, the first one applied first.

    Args:
        layers: list of Functions or Python functions; nested lists are flattened, a tuple is a set
            of parallel branches whose outputs go on as several arguments.
        name: name of the result.

    >>> f = C.layers.Sequential([C.layers.Dense(4), C.relu, C.layers.Dense(2)])
    >>> f(C.input_variable(3)).shape
    (2,)
    """
    if isinstance(layers, tuple):
        return tuple(Sequential(layer) for layer in layers)
    if not isinstance(layers, list):
        return layers
    composed, rest = _start(layers)
    for layer in rest:
        composed = composed >> Sequential(layer)
    return _named(composed, name)


def _start(layers: list) -> tuple[Function, list]:
    """Return what a composition starts with, and the layers that follow."""
    if not layers:
        return identity, layers
    if isinstance(layers[0], Function) and len(layers[0].signature) > 1:
        return layers[0], layers[1:]
    return ops.combine([ops.placeholder(name="keep")]), layers


def _named(layer, name: str):
    """Return a layer whose result has a name."""
    if not name:
        return layer
    if isinstance(layer, Function):
        return ops.alias(layer, name=name)

    @Function
    def named(x):
        return ops.alias(layer(x), name=name)

    return named


def For(what_range: Iterable, constructor: Callable, name: str = ""):
    """Return the composition of layers that a function makes, one per item.

    Args:
        what_range: the items.
        constructor: Python function of an item, or of nothing, that returns a layer; parameters
            with default values are left at these.
        name: name of the result.

    Raises:
        TypeError: ``constructor`` is no function, or needs more than one argument.
        ValueError: it is a layer already, which would be one for all items.

    >>> f = C.layers.For(range(2), lambda i: C.layers.Dense(4 - i))
    >>> f(C.input_variable(3)).shape
    (3,)
    """
    if isinstance(constructor, Function):
        raise ValueError(
            "For: constructor must be a Python function that returns a new layer, not a layer; "
            "try: lambda: Dense(...)"
        )
    if not callable(constructor):
        raise TypeError(f"For: constructor must be a Python function, not {constructor!r}")
    count = len(get_python_function_arguments(constructor)[0])
    if count > 1:
        raise TypeError(f"For: constructor takes an item or nothing, not {count} arguments")
    layers = [constructor(item) if count else constructor() for item in what_range]
    return Sequential(layers, name=name)


def ResNetBlock(f, name: str = ""):
    """Return a layer that adds its input to the result of ``f``.

    Args:
        f: a layer whose output has the shape of its input.
        name: name of the result.

    Reference:
        He et al., "Deep residual learning for image recognition", CVPR 2016, arXiv:1512.03385.

    >>> C.layers.ResNetBlock(C.layers.Dense(3, init=1))(C.input_variable(3)).eval([[1, 1, 1]])
    array([[4., 4., 4.]], dtype=float32)
    """

    def residual(x):
        return f(x) + x

    return _named(residual, name)


def SequentialClique(functions, name: str = ""):
    """Return a composition in which each layer gets the sum of all results before it.

    Args:
        functions: the layers.
        name: name of the result.

    Raises:
        ValueError: there are none.

    >>> f = C.layers.SequentialClique([C.layers.Dense(2, init=1), C.layers.Dense(2, init=1)])
    >>> f(C.input_variable(2)).eval([[1, 1]])
    array([[6., 6.]], dtype=float32)
    """

    if not functions:
        raise ValueError("SequentialClique needs at least one layer")

    def clique(x):
        for function in functions:
            out = function(x)
            # a diagonal entry of the clique is the result itself
            x = x + out
        return out

    return _named(clique, name)
