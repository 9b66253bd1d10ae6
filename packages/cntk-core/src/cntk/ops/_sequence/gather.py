"""Keeping the frames that a condition chooses, and putting them back."""

from __future__ import annotations

import numpy as np

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._sequence.derived_axes import length_argument
from cntk.ops._sequence.packed import gather_packed, packed_index, scatter_packed
from cntk.ops._sequence.where import where


@composite(stored=Block("Sequence::Gather"))
def sequence_gather(
    seq: Operand, condition: Operand, new_sequence_axis_typeinfo=None, name: str = ""
) -> Function:
    """Return the frames whose condition is not 0, on a new sequence axis.

    Gathers with the same condition have the same axis.

    Args:
        seq: a sequence, any static shape; may be sparse.
        condition: sequence of numbers, static shape ``()`` or ``(1,)``; other numbers than 0 and 1
            repeat or thin out frames as of :func:`cntk.sequence.where`.
        new_sequence_axis_typeinfo: ``(scale, offset)``: a promise that the result has
            ``scale * length + offset`` frames, which names its axis; ``(0, 1)`` leaves no sequence
            axis.
        name: name of the result.

    Raises:
        ValueError: ``condition`` has no sequence axis, or it belongs to other sequences.
        RuntimeError: no frame of a sequence is chosen.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.gather(s, C.greater(s, 5)).eval([np.array([7, 3, 9], np.float32)])
    [array([7., 9.], dtype=float32)]
    """
    scale, offset = length_argument(new_sequence_axis_typeinfo, "Sequence::Gather")
    chosen = where(condition, length_scale=scale, length_offset=offset)
    return gather_packed(seq, packed_index(seq, chosen))


@sequence_gather.samples
def sequence_gather_samples(make):
    yield Sample(make(3), np.ones_like(make()), axes=("sequence", "sequence"))


@composite(stored=Block("Sequence::Scatter"))
def sequence_scatter(
    seq: Operand, condition: Operand, new_sequence_axis_typeinfo=None, name: str = ""
) -> Function:
    """Return frames at the places where a condition is not 0, and zeros at the others.

    It undoes :func:`cntk.sequence.gather` with the same condition.

    Args:
        seq: a sequence with as many frames as the condition chooses, any static shape.
        condition: sequence of numbers, static shape ``()`` or ``(1,)``; the result has its frames.
        new_sequence_axis_typeinfo: as of :func:`cntk.sequence.gather`.
        name: name of the result.

    Raises:
        ValueError: the condition chooses another number of frames.

    >>> s, c = C.sequence.input_variable(()), C.sequence.input_variable(())
    >>> scattered = C.sequence.scatter(C.sequence.gather(s, c), c)
    >>> scattered.eval({s: [np.array([7, 8, 9], np.float32)], c: [np.array([0, 1, 1], np.float32)]})
    [array([0., 8., 9.], dtype=float32)]
    """
    scale, offset = length_argument(new_sequence_axis_typeinfo, "Sequence::Scatter")
    chosen = where(condition, length_scale=scale, length_offset=offset)
    return scatter_packed(seq, packed_index(condition, chosen), condition)


@sequence_scatter.samples
def sequence_scatter_samples(make):
    yield Sample(make(3), np.ones_like(make()), axes=("sequence", "sequence"))
