"""A stack of recurrent layers whose weights are one parameter."""

from __future__ import annotations

import math
from operator import index

import numpy as np

from cntk.errors import ArgumentError, AxisError, ShapeError
from cntk.graph.function import Function
from cntk.graph.infer import deduce
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.operators.structure import set_shape
from cntk.ops._indexing.cut import cut
from cntk.ops._recurrence.cells import LAYERS
from cntk.ops._recurrence.weight_layout import GATES, Place, Stack, Weights
from cntk.ops._shape.join import join
from cntk.shape import FREE, INFERRED, shape_text


@operator(
    family="whole",
    sparse=("operand",),
    stored=Primitive(
        49,
        "OptimizedRNNStack",
        attributes={
            "hidden_size": Attribute("hiddenSize", "Z"),
            "num_layers": Attribute("numLayers", "Z"),
            "bidirectional": Attribute("bidirectional", "B"),
            "recurrent_op": Attribute("recurrentOp", "S"),
        },
    ),
)
def optimized_rnnstack(
    operand: Operand,
    weights: Operand,
    hidden_size: int,
    num_layers: int,
    bidirectional: bool = False,
    recurrent_op: str = "lstm",
    name: str = "",
) -> Function:
    r"""Return the states of the last of several recurrent layers, one above the other.

    With the input x of a layer, its state h and cell c (zeros before the first frame), weights W of
    the input and R of the state, and biases b and d, a frame gives

    - ``"lstm"``, with gates i, f, g, o in this order::

        i = sigmoid(Wi x + bi + Ri h + di)    f = sigmoid(Wf x + bf + Rf h + df)
        g = tanh(Wg x + bg + Rg h + dg)       o = sigmoid(Wo x + bo + Ro h + do)
        c' = f * c + i * g                    h' = o * tanh(c')

    - ``"gru"``, with gates r, i, n in this order::

        r = sigmoid(Wr x + br + Rr h + dr)    i = sigmoid(Wi x + bi + Ri h + di)
        n = tanh(Wn x + bn + r * (Rn h + dn)) h' = (1 - i) * n + i * h

    - ``"rnnReLU"`` and ``"rnnTanh"``: ``h' = max(0, W x + b + R h + d)`` and ``tanh`` of the same.

    The weights lie one after the other as in cuDNN. For each layer, and in it for the forward and
    then the backward direction, come the rows of W of all gates, ``(gates * hidden_size, inputs)``,
    then those of R, ``(gates * hidden_size, hidden_size)``. After the matrices of all layers the
    biases follow in the same order: b of all gates, then d. With g gates this makes
    ``g * hidden_size * (inputs + hidden_size + 2)`` numbers per layer and direction, where
    ``inputs`` is the size of the operand, and above the first layer ``hidden_size``, or twice that
    if ``bidirectional``.

    Args:
        operand: a sequence of static shape ``(inputs,)``, float, may be sparse. Without a sequence
            axis each sample is a sequence of one frame.
        weights: as many numbers in any shape, without dynamic axes: a parameter, a constant or
            computed from these. A parameter of shape ``(C.InferredDimension, hidden_size)`` takes
            the rows that are needed.
        hidden_size: size of a state.
        num_layers: number of layers; each reads the states of the one below.
        bidirectional: a layer also runs from the last frame to the first, with weights of its own;
            the next one reads the states of both, the forward ones first.
        recurrent_op: ``"lstm"``, ``"gru"``, ``"rnnReLU"`` or ``"rnnTanh"``.
        name: name of the result, of static shape ``(hidden_size,)``, or ``(2 * hidden_size,)`` if
            ``bidirectional``.

    Raises:
        ValueError: ``recurrent_op`` is another word, a size is not positive, the operand is no
            vector or has no dynamic axis, or the weights are too many or too few.

    Reference:
        Chetlur et al., "cuDNN: efficient primitives for deep learning", 2014, arXiv:1410.0759, and
        its manual, for the layout; Hochreiter, Schmidhuber, "Long short-term memory", Neural
        Computation 1997; Cho et al., "Learning phrase representations using RNN encoder-decoder for
        statistical machine translation", EMNLP 2014, arXiv:1406.1078.

    >>> x = C.sequence.input_variable(1)
    >>> W = C.parameter((C.InferredDimension, 1), init=1)
    >>> C.optimized_rnnstack(x, W, 1, 1, recurrent_op='rnnReLU').eval(
    ...     [np.array([[1], [2]], np.float32)])
    [array([[3.],
           [7.]], dtype=float32)]
    """


@optimized_rnnstack.prepare
def optimized_rnnstack_prepare(operand, weights, **sizes):
    return [operand, weights], _checked(**sizes)


def _checked(hidden_size, num_layers, bidirectional, recurrent_op) -> dict:
    """Return the arguments of a call or a file, once they are known to be some."""
    if not isinstance(recurrent_op, str) or recurrent_op not in GATES:
        raise ArgumentError(
            f'unsupported recurrent_op value "{recurrent_op}". try: one of {", ".join(GATES)}'
        )
    if not isinstance(bidirectional, (bool, np.bool_)):
        raise ArgumentError(
            f"OptimizedRNNStack: bidirectional must be a bool, not {bidirectional!r}"
        )
    return {
        "hidden_size": _positive("Hidden size", hidden_size),
        "num_layers": _positive("Number of layers", num_layers),
        "bidirectional": bool(bidirectional),
        "recurrent_op": recurrent_op,
    }


def _positive(what: str, size) -> int:
    try:
        found = index(size)
    except TypeError:
        raise ArgumentError(
            f"{what} in OptimizedRNNStack operation must be an int, not {size!r}"
        ) from None
    if found < 1:
        raise ArgumentError(f"{what} ({found}) in OptimizedRNNStack operation must be > 0.")
    return found


@optimized_rnnstack.axes
def optimized_rnnstack_axes(operand, weights):
    if not operand.dynamic_axes:
        raise AxisError(
            f"OptimizedRNNStack: input '{operand}' must have at least one dynamic axis. "
            "try: C.sequence.input_variable"
        )
    if weights.dynamic_axes:
        raise AxisError(
            f"OptimizedRNNStack: the weights '{weights}' must not have dynamic axes. "
            "try: C.parameter, C.constant, or what is computed from these"
        )
    return operand.dynamic_axes


@optimized_rnnstack.shape
def optimized_rnnstack_shape(operand, weights, **sizes):
    if len(operand.shape) != 1:
        raise ShapeError(
            f"OptimizedRNNStack: input '{operand}' must have rank 1; actual input rank is "
            f"{len(operand.shape)}. try: C.flatten"
        )
    if operand.shape[0] == FREE:
        raise ShapeError(
            f"OptimizedRNNStack: Operand '{operand}' with free dimension is unsupported."
        )
    stack = Stack(operand.shape[0], **_checked(**sizes))  # those of a file come unchecked
    _deduce(weights, stack)
    if stack.input_size != INFERRED and math.prod(weights.shape) != stack.element_count:
        raise ShapeError(
            f"OptimizedRNNStack: the weights have the shape '{shape_text(weights.shape)}', but a "
            f"stack of {stack.num_layers} {'bidirectional ' if stack.bidirectional else ''}"
            f"{stack.recurrent_op} layer(s) of hidden size {stack.hidden_size} on inputs of size "
            f"{stack.input_size} has {stack.element_count} weights. "
            f"try: C.parameter((C.InferredDimension, {stack.hidden_size}))"
        )
    return (stack.directions * stack.hidden_size,)


def _deduce(weights, stack: Stack) -> None:
    """Give weights their open sizes: the first follows from the number of weights."""
    if INFERRED not in weights.shape or stack.input_size == INFERRED:
        return
    sizes = list(weights.shape)
    first = sizes.index(INFERRED)
    sizes[first] = 1
    sizes = [stack.hidden_size if size == INFERRED else size for size in sizes]
    sizes[first] = stack.element_count // max(1, math.prod(sizes))
    if math.prod(sizes) == stack.element_count:
        deduce(weights, tuple(sizes))


@optimized_rnnstack.lower
def optimized_rnnstack_lower(operand, weights, **sizes):
    stack = Stack(operand.shape[0], **sizes)
    flat = set_shape(weights, (stack.element_count,))
    layer = LAYERS[stack.recurrent_op]
    below = operand
    for directions in stack.places():
        states = [
            layer(below, Weights(*(_at(flat, place) for place in places)), backwards)
            for places, backwards in zip(directions, (False, True))
        ]
        below = join(*states, axis=0) if stack.bidirectional else states[0]
    return below


def _at(flat, place: Place):
    """Return the matrix or vector at a place."""
    return set_shape(cut(flat, ((0, place.begin, place.end, 1),)), place.shape)


@optimized_rnnstack.samples
def optimized_rnnstack_samples(make):
    def sample(recurrent_op: str, layers: int, bidirectional: bool, axes: str = "sequence"):
        stack = Stack(2, 3, layers, bidirectional, recurrent_op)
        sizes = {key: size for key, size in stack._asdict().items() if key != "input_size"}
        return Sample(make(2), make(stack.element_count), axes=(axes, "parameter"), **sizes)

    yield sample("lstm", 1, False)
    yield sample("lstm", 2, True)
    yield sample("gru", 2, True)
    yield sample("rnnTanh", 2, True)
    yield sample("rnnReLU", 1, False)
    yield sample("lstm", 1, True, axes="batch")
