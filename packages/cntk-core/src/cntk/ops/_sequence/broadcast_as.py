"""Values per sample as sequences."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._sequence.reconcile import reconcile_dynamic_axes


@composite(stored=Block("Sequence::BroadcastAs"))
def broadcast_as(operand: Operand, broadcast_as_operand: Operand, name: str = "") -> Function:
    """Return ``operand`` with the dynamic axes of another: repeated for each of its frames.

    Args:
        operand: any static shape: without dynamic axes, per sample, or a sequence of the same
            lengths under another axis.
        broadcast_as_operand: any static shape; only its dynamic axes and lengths are read.
        name: name of the result.

    Raises:
        ValueError: ``broadcast_as_operand`` has no dynamic axes, or the lengths differ.

    >>> x, s = C.input_variable(()), C.sequence.input_variable(2)
    >>> y = C.sequence.broadcast_as(x, s)
    >>> y.eval({x: np.array([5], np.float32), s: [np.ones((3, 2), np.float32)]})
    [array([5., 5., 5.], dtype=float32)]
    """
    return reconcile_dynamic_axes(operand, broadcast_as_operand)


@broadcast_as.samples
def broadcast_as_samples(make):
    yield Sample(make(2, 3), make(4), axes=("batch", "sequence"))
    yield Sample(make(2, 3), make(4), axes=("parameter", "sequence"))
