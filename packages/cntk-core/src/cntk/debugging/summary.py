"""summary: the layers of a Function, their shapes and parameters, and what a minibatch costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from cntk.counts import count_of
from cntk.debugging import costs
from cntk.debugging.summary_text import summary_text
from cntk.errors import ArgumentError
from cntk.graph.function import Function
from cntk.graph.nodes import Block, Combine, Node
from cntk.graph.traverse import nodes_in_order
from cntk.shape import is_static, shape_text
from cntk.variables import Variable, axes_text


@dataclass(frozen=True)
class LayerSummary:
    """One layer: a function of the graph, or a block.

    Args:
        name: name given by the user, or ''.
        operation: name of the operation.
        uid: label of the function.
        level: how many blocks it lies in.
        outputs: dynamic axes and shape of each output, as they print.
        parameters: how many numbers of it learners change; None: not known yet.
        frozen: how many numbers it holds in constants, single ones left out; None: not known yet.
        shared: whether a layer above has some of its parameters too; totals count them once.
        operations: additions, multiplications and the like on a minibatch; None: not known yet.
    """

    name: str
    operation: str
    uid: str
    level: int
    outputs: tuple[str, ...]
    parameters: int | None
    frozen: int | None
    shared: bool
    operations: int | None


@dataclass(frozen=True)
class Summary:
    """The layers of a Function, and totals; it prints as a table.

    What is not known yet is None, and prints as ``?``: the Function has placeholders, or axes whose
    sizes are free or to be deduced.

    Args:
        title: the Function, as it prints.
        layers: its layers, operands first.
        minibatch: what operations and memory are for.
        parameters: how many numbers learners change.
        frozen: how many numbers constants hold, single ones left out.
        parameter_bytes: memory of both.
        operations: of inference, on the minibatch.
        input_bytes: memory of the minibatch's dense data.
        forward_bytes: memory for the values of inference, reused where their lives do not overlap.
        training_bytes: memory for the values and gradients of a forward and backward pass; what
            learners keep beside it depends on the learner.
    """

    title: str
    layers: tuple[LayerSummary, ...]
    minibatch: costs.Minibatch
    parameters: int | None
    frozen: int | None
    parameter_bytes: int | None
    operations: int | None
    input_bytes: int | None
    forward_bytes: int | None
    training_bytes: int | None

    def __str__(self) -> str:
        return summary_text(self)

    __repr__ = __str__


def summarize(
    function: Function, minibatch_size: int = 1, sequence_length: int = 1, depth: int = 0
) -> Summary:
    """Return a table of the layers of a Function; see :meth:`Function.summary`."""
    minibatch = costs.Minibatch(
        _count("minibatch_size", minibatch_size), _count("sequence_length", sequence_length)
    )
    is_open = costs.is_open(function)
    work = None if is_open else costs.operations(function, minibatch)
    stored = [x for x in function.inputs if _is_counted(x)]
    fed = [x for x in function.arguments if not x.is_sparse]
    return Summary(
        title=str(function),
        layers=tuple(_layers(function, work, count_of(depth, "depth"))),
        minibatch=minibatch,
        parameters=_numbers(x for x in stored if x.is_parameter),
        frozen=_numbers(x for x in stored if x.is_constant),
        parameter_bytes=_bytes((x, 1) for x in stored),
        operations=None if work is None else sum(work.values()),
        input_bytes=_bytes((x, minibatch.rows(x.dynamic_axes)) for x in fed),
        forward_bytes=None if is_open else costs.forward_bytes(function, minibatch),
        training_bytes=None if is_open else costs.training_bytes(function, minibatch),
    )


def _count(what: str, value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(f"summary: {what} is a positive int, not {value!r:.60}")
    return value


def _layers(function: Function, work, depth: int) -> Iterator[LayerSummary]:
    seen: set[Variable] = set()
    for argument in function.arguments:
        yield _layer(argument, "Input" if argument.is_input else "Placeholder", 0, [], seen, 0)
    for node, level in _rows(function, 0, depth):
        stored = [x for x in _inside(node) if _is_counted(x)]
        operations = None if work is None else sum(work[id(part)] for part in _parts(node))
        yield _layer(node, node.op_name, level, stored, seen, operations)


def _layer(
    part: Node | Variable, operation: str, level: int, stored, seen: set, operations
) -> LayerSummary:
    outputs = (part,) if isinstance(part, Variable) else part.outputs
    shared = level == 0 and any(x in seen for x in stored)
    if level == 0:
        seen.update(stored)
    return LayerSummary(
        name=part.name,
        operation=operation,
        uid=part.uid,
        level=level,
        outputs=tuple(f"{axes_text(x.dynamic_axes)} {shape_text(x.shape)}" for x in outputs),
        parameters=_numbers(x for x in stored if x.is_parameter),
        frozen=_numbers(x for x in stored if x.is_constant),
        shared=shared,
        operations=operations,
    )


def _rows(function: Function, level: int, depth: int) -> Iterator[tuple[Node, int]]:
    """Yield the nodes that get a line, operands first, and how many blocks they lie in."""
    for node in nodes_in_order(function.outputs):
        if isinstance(node, Combine):
            continue
        yield node, level
        if isinstance(node, Block) and depth:
            yield from _rows(node.body, level + 1, depth - 1)


def _parts(node: Node) -> Iterator[Node]:
    """Yield the nodes inside of a block and of the blocks in it; else the node."""
    yield node
    if isinstance(node, Block):
        for inner in nodes_in_order(node.body.outputs):
            yield from _parts(inner)


def _inside(node: Node) -> tuple[Variable, ...]:
    return tuple(x for x in dict.fromkeys(node.inputs) if x.is_parameter or x.is_constant)


def _is_counted(variable: Variable) -> bool:
    single = all(size == 1 for size in variable.shape)
    return variable.is_parameter or (variable.is_constant and not single)


def _numbers(variables) -> int | None:
    shapes = [x.shape for x in variables]
    return sum(map(math.prod, shapes)) if all(map(is_static, shapes)) else None


def _bytes(variables) -> int | None:
    """Return the memory of (variable, rows) pairs."""
    total = 0
    for variable, rows in variables:
        if variable._dtype is None or not is_static(variable.shape):
            return None
        total += math.prod(variable.shape) * rows * variable._dtype.itemsize
    return total
