"""Recurrent cells: functions of a state and an input that return the next state."""

from __future__ import annotations

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.deprecation import older_name
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.layers._recurrence.stabilizer import Stabilizer
from cntk.layers.identity import activated
from cntk.shape import INFERRED, as_shape
from cntk.variables import Parameter

_LAST = -1  # the axis along which the parts of a cell lie side by side


def _width(word: str, shape, cell_shape) -> tuple[int, int]:
    """Return (size of the output, size of the cell); both must be vectors."""
    output = as_shape(shape)
    cell = output if cell_shape is None else as_shape(cell_shape)
    if len(output) != 1 or len(cell) != 1:
        raise ValueError(f"{word}: shape and cell_shape must be vectors (rank-1 tensors)")
    return output[0], cell[0]


def _part(x, index: int, width: int):
    """Return one part of a vector whose parts are equally wide."""
    return ops.slice(x, _LAST, index * width, (index + 1) * width)


class _Options:
    """The options that all cells share, looked up in their scopes."""

    def __init__(self, cell, activation, init, init_bias, enable_self_stabilization) -> None:
        self.activation = get_default_override(cell, activation=activation)
        self.init = get_default_override(cell, init=init)
        self.init_bias = get_default_override(cell, init_bias=init_bias)
        self.stabilized = get_default_override(
            cell, enable_self_stabilization=enable_self_stabilization
        )

    def stabilizer(self, value: str):
        """Return a stabilizer that is named after the value it scales, or the identity."""
        return Stabilizer(enable_self_stabilization=self.stabilized, name=f"{value}_stabilizer")

    def projection(self, cell_shape, cell: int, output: int):
        """Return what makes the output of a cell that of the layer: by ``P`` if there are both."""
        if cell_shape is None:
            return lambda h: h
        P = Parameter((cell, output), init=self.init, name="P")
        stabilize = self.stabilizer("P")
        return lambda h: ops.times(stabilize(h), P)


def LSTM(
    shape,
    cell_shape=None,
    activation=default_override_or(ops.tanh),
    use_peepholes: bool = default_override_or(False),
    init=default_override_or(glorot_uniform()),
    init_bias=default_override_or(0),
    enable_self_stabilization: bool = default_override_or(False),
    name: str = "",
):
    """Return a long short-term memory: a function (h, c, x) -> (h, c).

    Args:
        shape: size of the output h.
        cell_shape: size of the cell c; if it is given, ``P`` (cell, output) projects h.
        activation: of the candidate and of the output.
        use_peepholes: gates also see the cell, through ``Ci``, ``Cf``, ``Co``.
        init: initial value of ``W`` (input, 4 cells), ``H`` (output, 4 cells).
        init_bias: initial value of ``b`` (4 cells): input gate, candidate, forget and output gate.
        enable_self_stabilization: scale states by learned numbers.
        name: name of the cell.

    Raises:
        ValueError: a shape is no vector.

    Reference:
        Hochreiter, Schmidhuber, "Long short-term memory", Neural Computation 1997; Gers et al.,
        2000, for the forget gate.

    >>> x = C.sequence.input_variable(3)
    >>> C.layers.Recurrence(C.layers.LSTM(2))(x).shape
    (2,)
    """
    options = _Options(LSTM, activation, init, init_bias, enable_self_stabilization)
    peepholes = get_default_override(LSTM, use_peepholes=use_peepholes)
    output, cell = _width("LSTM", shape, cell_shape)
    init = options.init
    b = Parameter((4 * cell,), init=options.init_bias, name="b")
    W = Parameter((INFERRED, 4 * cell), init=init, name="W")
    H = Parameter((output, 4 * cell), init=init, name="H")
    Ci, Cf, Co = (
        [Parameter((cell,), init=init, name=word) for word in ("Ci", "Cf", "Co")]
        if peepholes
        else (None, None, None)
    )
    project = options.projection(cell_shape, cell, output)
    stabilize_h, stabilize_c, stabilize_new = (options.stabilizer(v) for v in ("dh", "dc", "c"))

    @block_function("LSTM", name)
    def lstm(dh, dc, x):
        dhs, dcs = stabilize_h(dh), stabilize_c(dc)
        parts = b + ops.times(x, W) + ops.times(dhs, H)
        it, bit, ft, ot = (_part(parts, i, cell) for i in range(4))

        def seeing(part, weight, value):
            return part if weight is None else part + weight * value

        it = ops.sigmoid(seeing(it, Ci, dcs))
        candidate = it * activated(options.activation, bit)
        c = ops.sigmoid(seeing(ft, Cf, dcs)) * dc + candidate
        ot = ops.sigmoid(seeing(ot, Co, stabilize_new(c)))
        h = ot * activated(options.activation, c)
        return project(h), c

    return lstm


def GRU(
    shape,
    cell_shape=None,
    activation=default_override_or(ops.tanh),
    init=default_override_or(glorot_uniform()),
    init_bias=default_override_or(0),
    enable_self_stabilization: bool = default_override_or(False),
    name: str = "",
):
    """Return a gated recurrent unit: a function (h, x) -> h.

    Args:
        shape: size of the output h.
        cell_shape: size of the cell, which must be ``shape``; if it is given, ``P`` (cell, output)
            projects h.
        activation: of the candidate.
        init: initial value of ``W`` (input, 3 cells), ``H`` (cell, 2 cells), ``H1`` (cell, cell).
        init_bias: initial value of ``b`` (3 cells): update gate, reset gate, candidate.
        enable_self_stabilization: scale the state by a learned number.
        name: name of the cell.

    Raises:
        ValueError: a shape is no vector, or the two differ.

    Reference:
        Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical
        machine translation", EMNLP 2014, arXiv:1406.1078.

    >>> x = C.sequence.input_variable(3)
    >>> C.layers.Recurrence(C.layers.GRU(2))(x).shape
    (2,)
    """
    options = _Options(GRU, activation, init, init_bias, enable_self_stabilization)
    output, cell = _width("GRU", shape, cell_shape)
    if output != cell:
        raise ValueError(
            f"GRU: cell_shape ({cell}) must equal shape ({output}): a GRU adds its state to its "
            "candidate"
        )
    b = Parameter((3 * cell,), init=options.init_bias, name="b")
    W = Parameter((INFERRED, 3 * cell), init=options.init, name="W")
    H = Parameter((cell, 2 * cell), init=options.init, name="H")
    H1 = Parameter((cell, cell), init=options.init, name="H1")
    project = options.projection(cell_shape, cell, output)
    stabilize = options.stabilizer("dh")

    @block_function("GRU", name)
    def gru(dh, x):
        dhs = stabilize(dh)
        from_input = b + ops.times(x, W)
        from_state = ops.times(dhs, H)
        zt = ops.sigmoid(_part(from_input, 0, cell) + _part(from_state, 0, cell))
        rt = ops.sigmoid(_part(from_input, 1, cell) + _part(from_state, 1, cell))
        candidate = _part(from_input, 2, cell) + ops.times(dhs * rt, H1)
        h = (1 - zt) * activated(options.activation, candidate) + zt * dhs
        return project(h)

    return gru


def RNNStep(
    shape,
    cell_shape=None,
    activation=default_override_or(ops.sigmoid),
    init=default_override_or(glorot_uniform()),
    init_bias=default_override_or(0),
    enable_self_stabilization: bool = default_override_or(False),
    name: str = "",
):
    """Return a plain recurrent step: a function (h, x) -> h.

    Args:
        shape: size of the output h.
        cell_shape: size of the cell; if it is given, ``P`` (cell, output) projects h.
        activation: of the output, before a projection.
        init: initial value of ``W`` (input, cell) and ``H`` (output, cell).
        init_bias: initial value of ``b`` (cell).
        enable_self_stabilization: scale the state by a learned number.
        name: name of the cell.

    Raises:
        ValueError: a shape is no vector.

    >>> x = C.sequence.input_variable(3)
    >>> C.layers.Recurrence(C.layers.RNNStep(2))(x).shape
    (2,)
    """
    options = _Options(RNNStep, activation, init, init_bias, enable_self_stabilization)
    output, cell = _width("RNNStep", shape, cell_shape)
    b = Parameter((cell,), init=options.init_bias, name="b")
    W = Parameter((INFERRED, cell), init=options.init, name="W")
    H = Parameter((output, cell), init=options.init, name="H")
    project = options.projection(cell_shape, cell, output)
    stabilize = options.stabilizer("dh")

    @block_function("RNNStep", name)
    def step(dh, x):
        h = activated(options.activation, ops.times(x, W) + ops.times(stabilize(dh), H) + b)
        return project(h)

    return step


RNNUnit = older_name("RNNUnit", RNNStep)
