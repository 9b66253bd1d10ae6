"""Calls of a user's code: data are handed over as users know them, results taken and checked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from cntk.device import cpu
from cntk.errors import ExecutionError
from cntk.execution.arguments.feeding import rows_for
from cntk.execution.program import user_data
from cntk.layout import Layout
from cntk.value import Value


class State:
    """What a user's forward returned, with the layouts of that call.

    Args:
        state: what it returned.
        layouts: {dynamic axes: layout}.
    """

    def __init__(self, state, layouts: dict) -> None:
        self.state, self.layouts = state, layouts

    def of_rows(self, count: int) -> np.ndarray:
        """Return the state as one of each row, so that a loop can stack it with other values."""
        rows = np.empty(count, object)
        rows.fill(self)
        return rows


def run_forward(node, arrays, layouts) -> tuple:
    """Return packed rows of each output, and the :class:`State`."""
    arguments = [_hand_over(node, x, rows, of) for x, rows, of in
                 zip(node.operands, arrays, layouts)]  # fmt: skip
    shown = arguments[0] if len(arguments) == 1 else arguments
    named = {"device": cpu(), "outputs_to_retain": node.outputs}
    if len(node.outputs) == 1:
        returned = _call(node, "forward", shown, **named)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise RuntimeError(
                f"{node.op_name}.forward must return (state, result), not {type(returned).__name__}"
            )
        state, result = returned
        results = [result]
    else:
        outputs = dict.fromkeys(node.outputs)
        state = _call(node, "forward", shown, outputs, **named)
        results = [outputs[output] for output in node.outputs]
    by_axes = {x.dynamic_axes: layout for x, layout in zip(node.operands, layouts)}
    taken = [_take(node, "forward", o, r, by_axes) for o, r in zip(node.outputs, results)]
    return (*taken, State(state, by_axes))


def run_backward(node, kept: State, gradients, layouts, wanted: list[int]) -> list[np.ndarray]:
    """Return packed rows of the gradient for each wanted operand.

    Args:
        node: the user function.
        kept: what forward left.
        gradients: packed rows of the gradient at each output.
        layouts: their layouts.
        wanted: positions of operands.
    """
    shown = [
        _hand_over(node, output, rows, kept.layouts.get(output.dynamic_axes, layout))
        for output, rows, layout in zip(node.outputs, gradients, layouts)
    ]
    roots = shown[0] if len(shown) == 1 else dict(zip(node.outputs, shown))
    if len(node.operands) == 1:
        results = [_call(node, "backward", kept.state, roots)]
    else:
        variables = {node.operands[position]: None for position in wanted}
        _call(node, "backward", kept.state, roots, variables)
        results = list(variables.values())
    return [
        _take(node, "backward", node.operands[position], result, kept.layouts)
        for position, result in zip(wanted, results)
    ]


def run_backward_by_step(node, states, gradients, layouts, wanted: list[int]) -> tuple:
    """Return packed rows of the gradients for wanted operands, from calls one per time step.

    The gradient for an operand without rows stands in the first row of each time step, to be
    summed: the others are zeros.

    Args:
        node: the user function.
        states: for each row the :class:`State` that forward left at its time step.
        gradients: packed rows of the gradient at each output.
        layouts: their layouts.
        wanted: positions of operands.
    """
    changes = [i for i in range(1, len(states)) if states[i] is not states[i - 1]]
    steps = list(pairwise([0, *changes, len(states)]))
    found = []
    for first, last in reversed(steps):
        rows = [gradient[first:last] for gradient in gradients]
        made = run_backward(node, states[first], rows, layouts, wanted)
        found.append([
            array if node.operands[position].dynamic_axes else _in_first_row(array, last - first)
            for position, array in zip(wanted, made)
        ])  # fmt: skip
    return tuple(np.concatenate(parts) for parts in zip(*reversed(found)))


def _in_first_row(array: np.ndarray, count: int) -> np.ndarray:
    rows = np.zeros((count, *array.shape), array.dtype)
    rows[0] = array
    return rows


def _hand_over(node, variable, rows, layout: Layout | None):
    """Return packed rows as the user's code gets them: a list of arrays for sequences, or a Value.

    What has one row per sequence reaches a loop as a sequence of one frame; users see samples.
    """
    if layout is not None and layout.has_sequences and len(variable.dynamic_axes) == 1:
        rows, layout = layout.unpack(rows), Layout(layout.num_samples)
    return user_data(rows, layout) if node.as_numpy else Value.from_packed(rows, layout)


def _call(node, word: str, *arguments, **named):
    try:
        return getattr(node, word)(*arguments, **named)
    except MemoryError:
        raise  # the run says what it needs
    except Exception as error:
        raise RuntimeError(
            f"{node.op_name}.{word} failed: {type(error).__name__}: {error}"
        ) from error


def _take(node, word: str, variable, data, layouts: dict) -> np.ndarray:
    """Return what a user's code made as packed rows; None from backward means zeros."""
    layout = layouts.get(variable.dynamic_axes)
    if data is None and word == "backward":
        count = () if layout is None else (layout.rows,)
        return np.zeros((*count, *variable.shape), variable._dtype)
    if data is None:
        raise RuntimeError(f"{node.op_name}.{word} returned None for {variable}")
    rows, given = rows_for(variable, data)
    if given is None or layout is None:
        return np.asarray(rows)
    if layout.has_sequences and not given.has_sequences and given.num_samples == layout.rows:
        return np.asarray(layout.pack(rows))
    if not given.agrees_with(layout):
        raise ExecutionError(
            f"{node.op_name}.{word} returned {given.describe()} for {variable}, "
            f"but its inputs have {layout.describe()}"
        )
    return np.asarray(layout.repack(rows, given))
