"""Values of other time steps."""

from __future__ import annotations

from operator import index

from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._elementwise.passing import alias
from cntk.ops._sequence.delay_rows import boundary_rows, delay_rows
from cntk.ops._sequence.rows import gather_rows
from cntk.shape import UNKNOWN_SHAPE, broadcast_shapes, shape_text

_OFFSET = {"time_step": Attribute("offset", "Z")}


@operator(family="whole", stored=Primitive(37, "PastValue", attributes=_OFFSET), continues=True)
def past_value(
    x: Operand, initial_state: Operand | None = None, time_step: int = 1, name: str = ""
) -> Function:
    """Return, at each frame, the value that ``x`` had some frames before.

    A sequence that is fed in parts, with begin markers False from the second one on, goes on: its
    first frames see the last ones that the same slot had when the Function was run before. No
    gradient flows back into those: truncated back-propagation through time.

    Args:
        x: a sequence, any static shape. It may be computed from the result: a recurrence.
        initial_state: what stands in for frames before the first; default 0. Of a static shape
            that broadcasts with that of ``x``, without dynamic axes or per sample; the last frames
            of a sequence of its own stand before the first frames of ``x``.
        time_step: number of frames.
        name: name of the result.

    Raises:
        RuntimeError: ``x`` has no sequence axis, or the static shapes do not fit; a sequence goes
            on that the run before did not have.
        ValueError: ``time_step`` is negative.

    >>> s = C.sequence.input_variable(())
    >>> before = C.sequence.past_value(s, initial_state=9)
    >>> before.eval([np.array([5, 6, 7], np.float32)])
    [array([9., 5., 6.], dtype=float32)]
    >>> before.eval(({s: [np.array([8, 9], np.float32)]}, [False]))
    [array([7., 8.], dtype=float32)]
    """


@operator(family="whole", stored=Primitive(38, "FutureValue", attributes=_OFFSET))
def future_value(
    x: Operand, initial_state: Operand | None = None, time_step: int = 1, name: str = ""
) -> Function:
    """Return, at each frame, the value that ``x`` has some frames later.

    Args:
        x: a sequence, any static shape. It may be computed from the result: a recurrence that runs
            backwards.
        initial_state: what stands in for frames after the last; as of
            :func:`cntk.sequence.past_value`.
        time_step: number of frames.
        name: name of the result.

    Raises:
        RuntimeError: ``x`` has no sequence axis, or the static shapes do not fit.
        ValueError: ``time_step`` is negative.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.future_value(s, initial_state=9).eval([np.array([5, 6, 7], np.float32)])
    [array([6., 7., 9.], dtype=float32)]
    """


def _steps(time_step, what: str) -> int:
    try:
        return index(time_step)
    except TypeError:
        raise ArgumentError(f"{what}: time_step must be an int, not {time_step!r}") from None


def _declare(delay) -> None:
    """Declare what both directions share."""
    what = delay.stored.name

    @delay.prepare
    def prepare(x, initial_state, time_step):
        steps = _steps(time_step, what)
        if steps < 0:
            raise ArgumentError(f"{what}: time_step must be 0 or more, not {steps}")
        return [x, 0 if initial_state is None else initial_state], {"time_step": steps}

    @delay.shape
    def shape(x, initial_state):
        together = broadcast_shapes(x.shape, initial_state.shape)
        if together is None:
            raise ShapeError(
                f"Binary elementwise operation {what}: Left operand '{x}' shape "
                f"'{shape_text(x.shape)}' is not compatible with right operand '{initial_state}' "
                f"shape '{shape_text(initial_state.shape)}'."
            )
        return together

    @delay.guess
    def guess(initial_state):
        return initial_state.shape if initial_state.dynamic_axes else UNKNOWN_SHAPE

    @delay.axes
    def axes(x, initial_state):
        if len(x.dynamic_axes) != 2:
            raise AxisError(
                f"PastValue/FutureValue Function '{what}': Input operand '{x}' with #dynamic axes "
                "!= 2 (1 sequence axis and 1 batch axis) is not supported. "
                "try: C.sequence.input_variable, or C.to_sequence of a static axis"
            )
        return x.dynamic_axes

    @delay.samples
    def samples(make):
        yield Sample(make(2), make(), axes=("sequence", "constant"))
        yield Sample(make(2), make(2), axes=("sequence", "parameter"), time_step=2)
        yield Sample(make(2), make(2), axes=("sequence", "batch"))


_declare(past_value)
_declare(future_value)


@past_value.lower
def past_value_lower(x, initial_state, time_step, passage):
    return delay_rows(x, _before(initial_state, x, time_step), time_step, passage)


@future_value.lower
def future_value_lower(x, initial_state, time_step):
    return delay_rows(x, _before(initial_state, x, -time_step), -time_step)


def _before(initial_state, x, steps: int):
    """Return an initial state that is a sequence of its own as one value for each frame of x."""
    if len(initial_state.dynamic_axes) < 2:
        return initial_state
    return gather_rows(initial_state, boundary_rows(initial_state, x, steps))


@composite()
def delay(
    x: Operand, initial_state: Operand | None = None, time_step: int = 1, name: str = ""
) -> Function:
    """Return the value of ``x`` some frames before, or later for a negative number of frames.

    Args:
        x: a sequence, any static shape.
        initial_state: as of :func:`cntk.sequence.past_value`.
        time_step: number of frames; 0 returns ``x`` itself.
        name: name of the result.

    Raises:
        RuntimeError: as of :func:`cntk.sequence.past_value`.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.delay(s, time_step=-2).eval([np.array([5, 6, 7], np.float32)])
    [array([7., 0., 0.], dtype=float32)]
    """
    if time_step > 0:
        return past_value(x, initial_state, time_step, name)
    if time_step < 0:
        return future_value(x, initial_state, -time_step, name)
    return alias(x, name) if name else x


@delay.prepare
def delay_prepare(x, initial_state, time_step):
    return [x, initial_state], {"time_step": _steps(time_step, "delay")}


@delay.samples
def delay_samples(make):
    yield Sample(make(2), make(), axes=("sequence", "constant"), time_step=-1)
