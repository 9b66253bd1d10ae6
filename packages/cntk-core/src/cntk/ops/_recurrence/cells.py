"""The recurrent layers of a stack, as recurrences of a plan.

What a layer reads of its input is one product over all time steps; inside the loop only the product
with the state remains.
"""

from __future__ import annotations

from collections.abc import Callable

from cntk.ops._activation.relu import relu
from cntk.ops._activation.sigmoid import sigmoid
from cntk.ops._activation.tanh import tanh
from cntk.ops._indexing.cut import cut
from cntk.ops._linear.times import times_transpose
from cntk.ops._recurrence.weight_layout import Weights


def _gates(x, first: int, count: int, width: int):
    """Return some of the gates that lie side by side."""
    return cut(x, ((0, first * width, (first + count) * width, 1),))


def _lstm(x, weights: Weights, backwards: bool):
    def step(gates, matrix, state, cell):
        gates = gates + times_transpose(state, matrix)
        (width,) = state.shape
        opened = sigmoid(_gates(gates, 0, 2, width))
        candidate = tanh(_gates(gates, 2, 1, width))
        shown = sigmoid(_gates(gates, 3, 1, width))
        kept = _gates(opened, 1, 1, width) * cell
        cell = kept + _gates(opened, 0, 1, width) * candidate
        return shown * tanh(cell), cell

    return _run(step, x, weights, backwards, states=2)


def _gru(x, weights: Weights, backwards: bool):
    def step(gates, matrix, bias, state):
        (width,) = state.shape
        own = times_transpose(state, matrix) + bias
        opened = sigmoid(_gates(gates, 0, 2, width) + _gates(own, 0, 2, width))
        seen = _gates(opened, 0, 1, width) * _gates(own, 2, 1, width)
        candidate = tanh(_gates(gates, 2, 1, width) + seen)
        return (candidate + _gates(opened, 1, 1, width) * (state - candidate),)

    (width,) = weights.from_state.shape[1:]
    gates = times_transpose(x, weights.from_input) + weights.input_bias
    matrix, bias = weights.from_state, weights.state_bias
    return gates.recur(step, [matrix, bias], [(width,)], backwards)[0]


def _plain(activation: Callable) -> Callable:
    def layer(x, weights: Weights, backwards: bool):
        def step(gates, matrix, state):
            return (activation(gates + times_transpose(state, matrix)),)

        return _run(step, x, weights, backwards, states=1)

    return layer


def _run(step: Callable, x, weights: Weights, backwards: bool, states: int):
    """Return the first state of a cell to whose gates both biases are added alike."""
    (width,) = weights.from_state.shape[1:]
    bias = weights.input_bias + weights.state_bias
    gates = times_transpose(x, weights.from_input) + bias
    return gates.recur(step, [weights.from_state], [(width,)] * states, backwards)[0]


# recurrent operation -> layer: function of (input, weights, backwards) that returns the state at
# all time steps
LAYERS = {"lstm": _lstm, "gru": _gru, "rnnReLU": _plain(relu), "rnnTanh": _plain(tanh)}
