"""The loss of connectionist temporal classification, and its gradient."""

from __future__ import annotations

from math import prod
from operator import index

import numpy as np

from cntk.axis import ALL_STATIC_AXES
from cntk.counts import count_of
from cntk.errors import ArgumentError, ExecutionError, ShapeError
from cntk.graph.function import Function
from cntk.layout import Layout
from cntk.operators.declare import Like, Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._loss.ctc.lattice import Lattice
from cntk.ops._loss.ctc.tokens import Tokens
from cntk.ops._reduction.reduce_log_sum_exp import log_sum_exp_over
from cntk.ops._sequence.same_frames import expect_same_frames
from cntk.ops._shape.reshape import reshape
from cntk.shape import FREE

_IMPOSSIBLE = 1e11  # loss of a sequence whose tokens do not fit its frames, as CNTK 2.7 has it


@operator(
    family="whole",
    stored=Primitive(
        66,
        "ForwardBackward",
        attributes={
            "blankTokenId": Attribute("BlankTokenId", "Z"),
            "delayConstraint": Attribute("DelayConstraint", "I"),
        },
    ),
    saves={"slope": Like("features")},
    gradient_of="surrogate",
    reconciles=True,
)
def forward_backward(
    graph: Operand, features: Operand, blankTokenId: int, delayConstraint: int = -1, name: str = ""
) -> Function:
    """Return the CTC loss of a minibatch: no dynamic axes, static shape ``()``.

    It is the sum over the sequences of ``-log(p)``, where ``p`` is the probability of all ways to
    spread the tokens of a sequence, in their order, over its frames. Frames between two tokens are
    blank; two equal tokens have a blank between them. A sequence whose tokens do not fit its frames
    adds 1e11 to the loss, and nothing to the gradient.

    Args:
        graph: a sequence, static shape ``(V,)``: :func:`cntk.labels_to_graph` of the labels. Where
            a token begins there is a 2 in its column; the largest value of all other rows is 1
            or 0, in any column. As in CNTK 2.7, its gradient is the gradient of the cross entropy
            of each frame.
        features: a sequence with the same axis, static shape ``(V,)``: scores before softmax.
        blankTokenId: the column of the blank, which is not among the tokens.
        delayConstraint: number of frames that a token may go on after the next one begins by its
            label; the default, -1, sets no limit. With a number above 0 the last token goes on to
            the last or next to last frame.
        name: name of the result.

    Raises:
        ValueError: sizes or dynamic axes differ, there is no column ``blankTokenId``, or a row of
            labels is not as described.

    Reference: Graves, Fernandez, Gomez, Schmidhuber, "Connectionist temporal classification", ICML
    2006; Senior et al., "Acoustic modelling with CD-CTC-SMBR LSTM RNNs", ASRU 2015, for the limit
    of delay.

    >>> labels, scores = C.sequence.input_variable(3), C.sequence.input_variable(3)
    >>> loss = C.forward_backward(C.labels_to_graph(labels), scores, blankTokenId=2)
    >>> tokens = np.array([[2, 0, 0], [1, 0, 0], [0, 2, 0], [0, 1, 0]], np.float32)
    >>> share = [[0.6, 0.3, 0.1], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]
    >>> data = {labels: [tokens], scores: [np.log(share).astype(np.float32)]}
    >>> round(float(loss.eval(data)), 5)
    1.2787
    """


@forward_backward.prepare
def forward_backward_prepare(graph, features, blankTokenId, delayConstraint):
    try:
        delay = index(delayConstraint)
    except TypeError:
        raise ArgumentError(
            f"ForwardBackward: delayConstraint is an integer, not {delayConstraint!r}"
        ) from None
    if not -(2**31) <= delay < 2**31:
        raise ArgumentError(f"ForwardBackward: delayConstraint has 32 bits, {delay} has more")
    blank = count_of(blankTokenId, "blankTokenId")
    return [graph, features], {"blankTokenId": blank, "delayConstraint": delay}


@forward_backward.shape
def forward_backward_shape(graph, features, blankTokenId):
    expect_same_frames("ForwardBackward", graph, features)
    if FREE in (*graph.shape, *features.shape):
        return ()
    symbols = prod(features.shape)
    if prod(graph.shape) != symbols:
        raise ShapeError(
            f"ForwardBackward: The shapes of operands '{graph}' and '{features}' must have the "
            "same total size."
        )
    _check_blank(blankTokenId, symbols)
    return ()


def _check_blank(blank: int, symbols: int) -> None:
    if blank >= symbols:
        raise ShapeError(
            f"ForwardBackward: blankTokenId ({blank}) is not one of the {symbols} columns, 0 to "
            f"{symbols - 1}"
        )


@forward_backward.axes
def forward_backward_axes():
    return ()


class _Minibatch:
    """What value and gradient share: the likelihood of each sequence."""

    def __init__(self, graph, features, blank: int, delay: int, layout: Layout) -> None:
        layout.check_whole("ForwardBackward")
        frames = layout if layout.has_sequences else Layout(layout.num_samples, layout.frames)
        labels = graph.reshape(len(graph), -1)
        self.score = features.reshape(len(features), -1).astype(np.float64)
        if labels.shape != self.score.shape:
            raise ExecutionError(
                f"ForwardBackward: {labels.shape[1]} columns of labels, but "
                f"{self.score.shape[1]} of features"
            )
        _check_blank(blank, self.score.shape[1])
        self.lattice = Lattice(Tokens.of(labels, frames, blank), frames, blank, delay)
        with np.errstate(invalid="ignore"):  # scores that are not finite have no softmax: nan
            self.log_share = self.score - self.score.max(axis=1, keepdims=True)
        self.log_share -= np.log(np.exp(self.log_share).sum(axis=1, keepdims=True))
        self.state_score = self.lattice.scores(self.log_share)
        self.arrived = self.lattice.forward(self.state_score)
        self.total = self.lattice.likelihood(self.arrived)

    def loss(self, dtype) -> np.ndarray:
        """Return the sum of the losses of the sequences."""
        losses = np.where(np.isneginf(self.total), _IMPOSSIBLE, -self.total)
        with np.errstate(over="ignore"):  # float16 ends at 65504
            return np.asarray(losses.sum()).astype(dtype)

    def slope(self) -> np.ndarray:
        """Return the gradient at the scores, ``[rows, V]``; done once, it uses up ``arrived``."""
        occupancy = self.lattice.occupancy(self.arrived, self.state_score, self.total)
        symbols = self.log_share.shape[1]
        slope = np.exp(self.log_share) - self.lattice.by_symbol(occupancy, symbols)
        slope[np.isneginf(self.lattice.rows_of(self.total))] = 0
        return slope


@forward_backward.reference
def forward_backward_reference(graph, features, blankTokenId, delayConstraint, layouts):
    minibatch = _Minibatch(graph, features, blankTokenId, delayConstraint, layouts[1])
    slope = minibatch.slope().astype(features.dtype).reshape(features.shape)
    return minibatch.loss(features.dtype), slope


@forward_backward.gradient
def forward_backward_gradient(dy, graph, features, slope, wanted):
    for_graph = None
    if "graph" in wanted:
        for_graph = dy * (log_sum_exp_over(features, ALL_STATIC_AXES, False) - features)
        if graph.shape != features.shape:
            for_graph = reshape(for_graph, graph.shape)
    return for_graph, dy * slope


@forward_backward.inference
def forward_backward_inference(graph, features, blankTokenId, delayConstraint):
    return loss_of_tokens(graph, features, blankTokenId, delayConstraint)


@forward_backward.samples
def forward_backward_samples(make):
    yield _sample(make)
    yield _sample(make, delayConstraint=1)


def _sample(make, **attributes) -> Sample:
    """Return a frame at which a token begins or goes on."""
    token, begins = make(4), make()
    labels = np.append((token == token.max()) * np.where(begins > 0, 2.0, 1.0), 0)
    axes = ("sequence", "sequence")
    return Sample(labels, make(5), axes=axes, blankTokenId=4, **attributes)


@operator(family="whole")
def loss_of_tokens(graph: Operand, features: Operand, blank: int, delay: int):
    """Return ``forward_backward`` where its gradient is not asked for: half the work."""


@loss_of_tokens.shape
def loss_of_tokens_shape():
    return ()


@loss_of_tokens.axes
def loss_of_tokens_axes():
    return ()


@loss_of_tokens.reference
def loss_of_tokens_reference(graph, features, blank, delay, layouts):
    return _Minibatch(graph, features, blank, delay, layouts[1]).loss(features.dtype)
