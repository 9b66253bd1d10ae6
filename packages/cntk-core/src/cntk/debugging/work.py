"""How much work a step is: operations on numbers, and bytes between memory and processor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cntk.execution.kernels import Kernel
from cntk.execution.passes.formula import Chain, Continued
from cntk.execution.symbols import PlanGraph, Step, Symbol


class Work(NamedTuple):
    """``operations``: additions, multiplications and the like; ``bytes``: read and written."""

    operations: float
    bytes: float


def work_of(step: Step, kernel: Kernel, counts: Sequence[int]) -> Work:
    """Return the work of some runs of a step.

    A multiplication and the addition that follows it are two operations. Products and convolutions
    are counted as they are written down (no Winograd, no skipped zeros); of a chain, each of its
    computations is one operation per element; any other step is one per element of the largest
    array. Arrays that are read or written count once, wherever they lie. Sparse arrays count as
    nothing, and so do views and recurrences, whose bodies are counted as steps of their own.

    Args:
        step: the step.
        kernel: what computes it.
        counts: how many arrays of its static shape each operand, then each output was in all runs.
    """
    symbols = [*step.operands, *step.all_outputs]
    if kernel.view or isinstance(getattr(step.operator, "body", None), PlanGraph):
        return Work(0, 0)
    elements = [
        0 if x.is_sparse else math.prod(map(abs, x.shape)) * count
        for x, count in zip(symbols, counts)
    ]
    operands = range(len(step.operands))
    touched = [*(operands if kernel.reads is None else kernel.reads)]
    touched += range(len(operands), len(symbols))
    moved = sum(elements[i] * symbols[i]._dtype.itemsize for i in touched)
    rule = _RULES.get(step.operator.name, _one_per_element)
    if isinstance(step.operator, Continued):
        rule = _continued
    return Work(rule(step, elements), moved)


def _one_per_element(step: Step, elements: list[int]) -> float:
    return max(elements, default=0)


def _chain(step: Step, elements: list[int]) -> float:
    assert isinstance(step.operator, Chain)
    return len(step.operator.formula.computes) * elements[-1]


def _continued(step: Step, elements: list[int]) -> float:
    assert isinstance(step.operator, Continued)
    first, count = step.operator.first, len(step.operator.first.operands)
    rule = _RULES.get(first.operator.name, _one_per_element)
    return rule(first, [*elements[:count], elements[-1]]) + _chain(step.operator.chain, elements)


def _contraction(step: Step, elements: list[int]) -> float:
    right, contracted = step.operands[1], step.attributes["right_axes"]
    return 2 * elements[0] * math.prod(n for i, n in enumerate(right.shape) if i not in contracted)


def _convolution(through: int, convolution_map: int) -> Callable[[Step, list[int]], float]:
    """Return the rule of an operator whose every number at one place meets a part of the map.

    Args:
        through: position of what the convolution makes, or of its gradient.
        convolution_map: position of the map or of its gradient; outputs follow the operands.
    """

    def rule(step: Step, elements: list[int]) -> float:
        symbols: list[Symbol] = [*step.operands, *step.outputs]
        return 2 * elements[through] * math.prod(symbols[convolution_map].shape[1:])

    return rule


_RULES = {
    "chain": _chain,
    "contract": _contraction,
    "convolve": _convolution(2, 0),
    "convolve_data_gradient": _convolution(0, 1),
    "convolve_map_gradient": _convolution(0, 3),
    "convolve_transposed": _convolution(1, 0),
}
