"""Shapes and batches: what is declared against what arrives, for sizes of all kinds."""

from __future__ import annotations

import numpy as np

from cntk.errors import CNTKError
from cntk.operators.declare import Operator
from cntk.testing.calls import Call
from cntk.testing.derivatives import Graph
from cntk.testing.mismatch import Mismatch, assert_close, tolerance

_ALLOWED = tolerance(np.float64)
_BY_ROWS = ("elementwise", "per_sample")


def check_declared_shape(operator: Operator, number: int) -> None:
    """Compare the static shapes of the outputs with those of the arrays.

    Raises:
        Mismatch: they differ.
    """
    call = Call(operator, number)
    for output, array in zip(call.function.outputs, call.results()):
        shape = array.shape[1:] if output.dynamic_axes else array.shape
        fits = len(shape) == len(output.shape) and all(
            size in (n, -3) for n, size in zip(shape, output.shape)
        )
        if not fits:
            raise Mismatch(
                "the output has another static shape than is declared", *call.describe(),
                f"found     {shape}", f"declared  {output.shape}",
            )  # fmt: skip


def check_free_size(operator: Operator, number: int) -> None:
    """Let the first, then the last size of inputs be free until data arrive.

    The shape rule may refuse that where the graph is built. What it accepts must give the values
    that it gives when sizes are known.

    Raises:
        Mismatch: it does not.
    """
    expected = Call(operator, number).results()
    for axis in (0, -1):
        call = Call(operator, number, free=axis)
        if not any(-3 in given.variable.shape for given in call.inputs):
            continue
        try:
            function = call.function
        except CNTKError:
            continue
        if any(-1 in output.shape for output in function.outputs):
            raise Mismatch("a free size (-3) becomes one to be deduced (-1)", *call.describe())
        for ours, theirs in zip(call.results(), expected):
            if ours.size == theirs.size:  # a size of 1 that is free stays where a known one goes
                ours = ours.reshape(theirs.shape)
            assert_close(ours, theirs, _ALLOWED, "the value with a free size", *call.describe())


def check_empty_batch(operator: Operator, number: int) -> None:
    """Give no sample at all, which is an error.

    Raises:
        Mismatch: it is none.
    """
    call = Call(operator, number)
    feed = call.feed(rows=slice(0))
    try:
        found = call.results(feed)
    except (ValueError, RuntimeError):
        return
    raise Mismatch(
        "a minibatch without samples gives a result", *call.describe(),
        f"found     arrays of shapes {[x.shape for x in found]}",
    )  # fmt: skip


def check_batch_sizes(operator: Operator, number: int) -> None:
    """Run batches of one and of several samples through one Function.

    Raises:
        Mismatch: a value is not that of the reference, or depends on the other samples although
            the operator treats each by itself.
    """
    call = Call(operator, number, rows=5)
    whole, by_row = call.results(), treats_rows_alone(operator, number)
    for first in range(2):
        rows = slice(first, first + 1)
        alone = call.results(call.feed(rows=rows))
        for output, ours, theirs in zip(call.function.outputs, alone, whole):
            if by_row and len(output.dynamic_axes) < 2:
                expected = theirs[rows] if output.dynamic_axes else theirs
                assert_close(ours, expected, _ALLOWED, f"sample {first} alone", *call.describe())


def treats_rows_alone(operator: Operator, number: int) -> bool:
    """Whether each sample's result depends on that sample alone."""
    steps = Graph(Call(operator, number), training=False).plan_graph.steps
    return all(step.operator.family in _BY_ROWS and not step.operator.is_random for step in steps)
