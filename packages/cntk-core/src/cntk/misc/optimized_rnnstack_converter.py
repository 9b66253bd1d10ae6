"""Recurrent stacks as layers, to be changed, trained further or saved for other programs."""

from __future__ import annotations

import numpy as np

from cntk.default_options import default_options
from cntk.errors import ArgumentError, describe
from cntk.graph.function import Function
from cntk.misc.converter import convert
from cntk.ops._activation.relu import relu
from cntk.ops._activation.tanh import tanh
from cntk.ops._recurrence.weight_layout import GATES, Stack, Weights
from cntk.ops._shape.splice import splice
from cntk.upward import module

# the order in which a cell of cntk.layers has the gates of the stack
_ORDER = {"lstm": (0, 2, 1, 3), "rnnReLU": (0,), "rnnTanh": (0,)}
_ACTIVATION = {"rnnReLU": relu, "rnnTanh": tanh}


def convert_optimized_rnnstack(cudnn_model: Function) -> Function:
    """Return a copy of a model in which layers take the place of each recurrent stack.

    They are ``Recurrence(LSTM(...))`` or ``Recurrence(RNNStep(...))`` of ``cntk.layers``, with the
    weights of the stack, and compute what it computes. Everything else is shared with the model; a
    model without stacks is returned itself.

    Args:
        cudnn_model: a model with :func:`cntk.optimized_rnnstack`.

    Raises:
        ValueError: a stack has ``recurrent_op="gru"``, of which the layers have another formula, or
            weights that are computed.
        ModuleNotFoundError: the package cntk-layers is not installed.

    >>> from cntk.misc import convert_optimized_rnnstack
    >>> x = C.sequence.input_variable(3)
    >>> stack = C.optimized_rnnstack(x, C.parameter((C.InferredDimension, 2)), 2, 1)
    >>> [p.shape for p in convert_optimized_rnnstack(stack).parameters]
    [(8,), (3, 8), (2, 8)]
    """
    return convert(cudnn_model, _is_stack, _layers)


def _is_stack(function: Function) -> bool:
    return function.op_name == "OptimizedRNNStack"


def _layers(function) -> Function:
    """Return the layers that compute what a stack computes."""
    operand, weights = function.inputs
    sizes = function.arguments_by_name
    if sizes["recurrent_op"] not in _ORDER:
        raise ArgumentError(
            describe(
                f'unsupported recurrent_op value "{sizes["recurrent_op"]}": a GRU of cntk.layers '
                "applies the reset gate before the product with the state, the stack after it",
                made_at=function.made_at,
                hint="leave the stack as it is; it computes on every device",
            )
        )
    if not (weights.is_parameter or weights.is_constant):
        raise ArgumentError(
            describe(
                f"the weights of {function} are computed: layers have parameters",
                made_at=function.made_at,
                hint="make them a parameter or a constant",
            )
        )
    stack, flat = Stack(operand.shape[0], **sizes), np.ravel(weights.value)
    with default_options(dtype=weights.dtype):
        return _built(function.name, operand, stack, flat)


def _built(name: str, operand, stack: Stack, flat: np.ndarray) -> Function:
    below = operand
    for number, directions in enumerate(stack.places()):
        words = ("fw", "bw") if stack.bidirectional else ("",)
        found = [
            _layer(
                below, stack, Weights(*(flat[p.begin : p.end].reshape(p.shape) for p in places)),
                backwards, f"{name}_{word}{number}" if name else "",
            )
            for places, word, backwards in zip(directions, words, (False, True))
        ]  # fmt: skip
        below = splice(*found) if stack.bidirectional else found[0]
    return below


def _layer(below, stack: Stack, weights: Weights, backwards: bool, name: str) -> Function:
    layers, size = module("cntk.layers"), stack.hidden_size
    options = {"cell_shape": None, "enable_self_stabilization": False, "init": 0, "init_bias": 0}
    if stack.recurrent_op == "lstm":
        cell = layers.LSTM(size, activation=tanh, use_peepholes=False, name=name, **options)
    else:
        activation = _ACTIVATION[stack.recurrent_op]
        cell = layers.RNNStep(size, activation=activation, name=name, **options)
    result = layers.Recurrence(cell, go_backwards=backwards, initial_state=0)(below)
    values = {
        "W": _columns(weights.from_input, stack),
        "H": _columns(weights.from_state, stack),
        "b": _columns(weights.input_bias + weights.state_bias, stack),
    }
    for parameter in cell.parameters:
        parameter.value = values[parameter.name]
    return result


def _columns(rows: np.ndarray, stack: Stack) -> np.ndarray:
    """Return the rows of gates as columns, in the order of the cell."""
    gates = rows.reshape(GATES[stack.recurrent_op], stack.hidden_size, *rows.shape[1:])
    return np.concatenate(gates[list(_ORDER[stack.recurrent_op])]).T
