"""Inputs in other forms: strided arrays, sequences, sparse data."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operator
from cntk.testing.calls import Call
from cntk.testing.mismatch import Mismatch, assert_close, tolerance

_ALLOWED = tolerance(np.float64)


def check_strided_inputs(operator: Operator, number: int) -> None:
    """Feed the same numbers in transposed, spread and reversed memory.

    Raises:
        Mismatch: the value changes.
    """
    expected = Call(operator, number).results()
    for word, change in (
        ("transposed", np.asfortranarray),
        ("spread", lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x),
        ("reversed", lambda x: x[..., ::-1].copy()[..., ::-1] if x.ndim else x),
    ):
        call = Call(operator, number)
        found = call.results(call.feed(change))
        for ours, theirs in zip(found, expected):
            assert_close(ours, theirs, _ALLOWED, f"the value of {word} inputs", *call.describe())


def check_sequences(operator: Operator, number: int) -> None:
    """Feed frames of ragged sequences, which are treated as samples are.

    Raises:
        Mismatch: the value of a frame is not that of the same sample.
    """
    ragged = Call(operator, number, by_frame=True)
    flat = Call(operator, number, rows=sum(ragged.lengths))
    found, expected = ragged.results(), flat.results()
    for output, ours, theirs in zip(ragged.function.outputs, found, expected):
        if not any(axis.is_sequence_axis for axis in output.dynamic_axes):
            raise Mismatch("the sequence axis is lost", *ragged.describe(), f"output {output}")
        assert_close(ours, theirs, _ALLOWED, "the value of frames", *ragged.describe())


def check_sparse_inputs(operator: Operator, number: int) -> None:
    """Feed sparse data where they are allowed, and the same numbers as dense arrays.

    Raises:
        Mismatch: values, or the gradients of other operands, differ.
    """
    names = _sparse_operands(operator, number)
    for chosen in {*((name,) for name in names), tuple(names)}:
        sparse, dense = Call(operator, number, sparse=chosen), Call(operator, number)
        for given, other in zip(dense.operands, sparse.operands):
            given.array = other.array
        words = f"with sparse {' and '.join(chosen)}"
        for ours, theirs in zip(sparse.results(), dense.results()):
            assert_close(ours, theirs, _ALLOWED, f"the value {words}", *sparse.describe())
        _compare_gradients(sparse, dense, words)


def _compare_gradients(sparse: Call, dense: Call, words: str) -> None:
    if not sparse.function.output.needs_gradient:
        return
    dense_of = {s.variable: d.variable for s, d in zip(sparse.operands, dense.operands)}
    for ours in sparse.differentiable():
        theirs = dense_of[ours]
        lent = sparse.function.grad(sparse.feed(), [ours], as_numpy=False)
        found = lent.rows.to_dense().reshape(lent.shape) if lent.is_sparse else lent.asarray()
        expected = dense.function.grad(dense.feed(), [theirs])
        assert_close(found, expected, _ALLOWED, f"the gradient at {ours}, {words}")


def takes_sparse(operator: Operator, number: int) -> bool:
    """Whether a sample has an operand that may be sparse, with samples of one axis."""
    return bool(_sparse_operands(operator, number))


def _sparse_operands(operator: Operator, number: int) -> list[str]:
    return [
        given.name
        for given in Call(operator, number).operands
        if given.name in operator.sparse and given.kind == "batch" and given.array.ndim == 2
    ]
