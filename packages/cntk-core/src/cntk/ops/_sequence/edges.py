"""Parts of sequences by position: the first and the last frame, slices, and marks of them."""

from __future__ import annotations

from operator import index

from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Block
from cntk.ops._elementwise.arithmetic import element_times, minus
from cntk.ops._sequence.packed import gather_packed, packed_index
from cntk.ops._sequence.past_value import future_value, past_value
from cntk.ops._sequence.reconcile import reconcile_dynamic_axes
from cntk.ops._sequence.where import where


@composite(stored=Block("Sequence::IsFirst"))
def is_first(seq: Operand, name: str = "") -> Function:
    """Return 1 at the first frame of each sequence, and 0 at the others.

    Args:
        seq: a sequence, any static shape.
        name: name of the result, of static shape ``()``.

    Raises:
        RuntimeError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(2)
    >>> C.sequence.is_first(s).eval([np.ones((3, 2), np.float32)])
    [array([1., 0., 0.], dtype=float32)]
    """
    return _first_frames(seq, 1)


@is_first.samples
def is_first_samples(make):
    yield Sample(make(2), axes=("sequence",))


@composite(stored=Block("Sequence::IsLast"))
def is_last(seq: Operand, name: str = "") -> Function:
    """Return 1 at the last frame of each sequence, and 0 at the others.

    Args:
        seq: a sequence, any static shape.
        name: name of the result, of static shape ``()``.

    Raises:
        RuntimeError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(2)
    >>> C.sequence.is_last(s).eval([np.ones((3, 2), np.float32)])
    [array([0., 0., 1.], dtype=float32)]
    """
    return _last_frames(seq, 1)


@is_last.samples
def is_last_samples(make):
    yield Sample(make(2), axes=("sequence",))


def _first_frames(seq, count: int):
    """Return 1 at the first frames and 0 at the others."""
    return past_value(reconcile_dynamic_axes(0, seq), 1, count)


def _last_frames(seq, count: int):
    return future_value(reconcile_dynamic_axes(0, seq), 1, count)


@composite()
def sequence_slice(seq: Operand, begin_index: int, end_index: int, name: str = "") -> Function:
    """Return the frames from one position up to, and without, another.

    Args:
        seq: a sequence, any static shape; may be sparse.
        begin_index: position of the first frame; a negative one counts from the end.
        end_index: position after the last frame; a negative one counts from the end, 0 is the end.
            A position after the end means the end.
        name: name of the result. A slice that is one frame long has no sequence axis.

    Raises:
        RuntimeError: ``seq`` has no sequence axis; nothing remains of a sequence.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.slice(s, 1, 0).eval([np.array([5, 6, 7], np.float32)])
    [array([6., 7.], dtype=float32)]
    >>> C.sequence.slice(s, -1, 0).eval([np.array([5, 6, 7], np.float32)])
    array([7.], dtype=float32)
    """
    if (begin_index, end_index) == (0, 0):
        return seq
    return frames_between(seq, begin_index, end_index, name)


@sequence_slice.prepare
def sequence_slice_prepare(seq, begin_index, end_index):
    try:
        begin, end = index(begin_index), index(end_index)
    except TypeError:
        raise ArgumentError(
            "Sequence::Slice: begin_index and end_index must be ints, not "
            f"{begin_index!r} and {end_index!r}"
        ) from None
    return [seq], {"begin_index": begin, "end_index": end}


@sequence_slice.samples
def sequence_slice_samples(make):
    yield Sample(make(2), axes=("sequence",), begin_index=0, end_index=2)
    yield Sample(make(2), axes=("sequence",), begin_index=-1, end_index=0)


@composite(stored=Block("Sequence::Slice"))
def frames_between(seq: Operand, begin_index: int, end_index: int, name: str = "") -> Function:
    """Return the frames from one position up to another; not all of them."""
    begins = ends = None
    if begin_index > 0:
        begins = minus(1, _first_frames(seq, begin_index))
    elif begin_index < 0:
        begins = _last_frames(seq, -begin_index)
    if end_index > 0:
        ends = _first_frames(seq, end_index)
    elif end_index < 0:
        ends = minus(1, _last_frames(seq, -end_index))
    if begins is None or ends is None:
        condition = ends if begins is None else begins
    else:
        condition = element_times(begins, ends)
    count = end_index - begin_index
    chosen = where(condition, length_scale=int(count <= 0), length_offset=count)
    return gather_packed(seq, packed_index(seq, chosen))


@composite()
def first(seq: Operand, name: str = "") -> Function:
    """Return the first frame of each sequence; the result has no sequence axis.

    Args:
        seq: a sequence, any static shape; may be sparse.
        name: name of the result.

    Raises:
        RuntimeError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.first(s).eval([np.array([5, 6], np.float32), np.array([7], np.float32)])
    array([5., 7.], dtype=float32)
    """
    return frames_between(seq, 0, 1, name)


@first.samples
def first_samples(make):
    yield Sample(make(2), axes=("sequence",))


@composite()
def last(seq: Operand, name: str = "") -> Function:
    """Return the last frame of each sequence; the result has no sequence axis.

    Args:
        seq: a sequence, any static shape; may be sparse.
        name: name of the result.

    Raises:
        RuntimeError: ``seq`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.last(s).eval([np.array([5, 6], np.float32), np.array([7], np.float32)])
    array([6., 7.], dtype=float32)
    """
    return frames_between(seq, -1, 0, name)


@last.samples
def last_samples(make):
    yield Sample(make(2), axes=("sequence",))
