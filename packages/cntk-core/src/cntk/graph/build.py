"""Building the graph: what calling an operator on variables does."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError, DTypeError, describe
from cntk.graph.function import Function
from cntk.graph.infer import adapt_constants, infer, is_guessing
from cntk.graph.nodes import Block, Combine, CompositeFunction, Node, PrimitiveFunction
from cntk.shape import is_unknown
from cntk.sparse import Storage
from cntk.tensor import NDArrayView
from cntk.upward import module
from cntk.variables import Constant, Variable, next_uid, placeholder_like, skip_uids

DEEPEST = 60  # blocks inside of blocks; for each Python goes some calls deeper

_in_body: ContextVar[bool] = ContextVar("in_body", default=False)
_in_block: ContextVar[bool] = ContextVar("in_block", default=False)


@contextmanager
def operator_body(block: bool = False):
    """Mark that numbers met now are written by an operator's own body (literals).

    Args:
        block: the body of a block; as in CNTK 2.7 nothing in it is reconciled.
    """
    tokens = _in_body.set(True), _in_block.set(block or _in_block.get())
    try:
        yield
    finally:
        _in_body.reset(tokens[0])
        _in_block.reset(tokens[1])


def as_variable(operand, dtype: np.dtype | None = None) -> Variable:
    """Return an operand as a variable; numbers, lists and arrays become constants.

    Args:
        operand: variable, single-output Function, number, list, NumPy array, NDArrayView.
        dtype: element type for a constant; None keeps that of float arrays, and makes float32 of
            integers.
    """
    if isinstance(operand, Variable):
        return operand
    if isinstance(operand, Function):
        if len(operand.outputs) != 1:
            raise ArgumentError(
                f"expected single output, but got {len(operand.outputs)}: {operand}. "
                "try: f[i], which is output number i"
            )
        return operand.output
    if isinstance(operand, NDArrayView):
        return Constant.of_array(operand.asarray())
    try:
        array = np.asarray(operand)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "fiub":
        raise ArgumentError(
            f"an operand must be a variable, Function, number, list of numbers or NumPy array, "
            f"not {type(operand).__name__} {operand!r:.60}"
        )
    if dtype is None:
        keeps = isinstance(operand, (np.ndarray, np.floating)) and array.dtype.kind == "f"
        dtype = as_dtype(array.dtype) if keeps else FLOAT32
    array = np.array(array, dtype=dtype, order="C")
    return Constant.literal(array) if _in_body.get() else Constant.of_array(array)


def literal(value, like):
    """Return a number of an operator's body as an operand, such as one that is used twice.

    Args:
        value: the number.
        like: the operand whose element type it takes.
    """
    if hasattr(like, "emit"):
        return like.graph.literal(value, like._dtype)
    return as_variable(value, _variable_of(like)._dtype)


def as_variables(operands) -> list[Variable]:
    """Return operands as variables; constants take the element type of the others.

    Raises:
        TypeError, ValueError: one of several operands is an array of integers.
    """
    for operand in operands if len(operands) > 1 else ():
        if isinstance(operand, np.ndarray) and operand.dtype.kind not in "fb":
            raise DTypeError(
                f'NumPy type "{operand.dtype}" is not supported; convert the array to float32 '
                "or float64 (array.astype('f'))"
            )
    known = next(
        (x._dtype for x in map(_variable_of, operands) if x is not None and x._dtype), None
    )
    variables = [as_variable(operand, known) for operand in operands]
    if known is None:
        for variable, operand in zip(variables, operands):
            if variable is not operand and isinstance(variable, Constant):
                variable.adapts_dtype = not isinstance(operand, np.ndarray)
    return variables


def _variable_of(operand) -> Variable | None:
    if isinstance(operand, Variable):
        return operand
    return as_variable(operand) if isinstance(operand, Function) else None


def apply_operator(operator, operands, attributes: dict, name: str) -> Function:
    """Return the Function of one operator on operands."""
    variables = as_variables(operands)
    if operator.reconciles and not _in_block.get():
        variables = _reconciled(variables)
    node = PrimitiveFunction(operator, variables, attributes, name)
    node.take_specs(infer(operator, variables, attributes, node.made_at))
    composite = CompositeFunction(node)
    skip_uids(len(node.outputs))
    return composite


def _reconciled(operands: list[Variable]) -> list[Variable]:
    """Repeat operands that are per sample for each frame of one that is per frame.

    As in CNTK 2.7, axes that are not known yet count as one.
    """
    longest = max(operands, key=lambda operand: len(operand.dynamic_axes))
    return [
        module("cntk.ops").reconcile_dynamic_axes(operand, longest).output
        if 0 < len(operand.dynamic_axes) < len(longest.dynamic_axes)
        else operand
        for operand in operands
    ]


def apply_composite(operator, operands, attributes: dict, name: str) -> Function:
    """Return the Function that the body of a composite operator builds, as a block if it is one."""
    if operator.stored is None:
        given = iter(as_variables([x for x in operands if x is not None]))
        operands = [None if x is None else next(given) for x in operands]
        with operator_body():
            return as_function(operator.expand(operands, attributes, name))
    variables = as_variables(operands)
    inner = [placeholder_like(variable) for variable in variables]
    with operator_body(block=True):
        body = as_function(operator.expand(inner, attributes, name))
    return make_block(
        body, list(zip(inner, variables)), operator.stored.name, name, operator, attributes
    )


def as_function(result) -> Function:
    """Return a Function for a Function, a variable, or a tuple of them (several outputs)."""
    if isinstance(result, tuple):
        return combine(result)
    if isinstance(result, Function):
        return CompositeFunction(result) if isinstance(result, Node) else result
    if isinstance(result, Variable):
        if result.is_output:
            return composite_of(result)
        return combine([result])
    raise TypeError(f"expected a Function or a Variable, got {type(result).__name__}")


def composite_of(output: Variable) -> Function:
    """Return a composite whose output is a given output variable."""
    if len(output.owner.outputs) == 1:
        return CompositeFunction(output.owner)
    return combine([output])


def make_block(body, bindings, op_name, name, operator=None, attributes=None) -> Function:
    """Return a Function around a block.

    Args:
        body: the composite inside; its placeholders must all be bound.
        bindings: (placeholder, variable) pairs.
        op_name: name of the operation.
        name: name of the block.
        operator: the composite operator that built it, if any.
        attributes: the operator's arguments by name.
    """
    body = as_function(body)
    inputs = [argument for argument in body.arguments if not argument.is_placeholder]
    if inputs:
        raise ArgumentError(
            f"The composite implementing Block '{name}' has an argument '{inputs[0]}' which is not "
            "a placeholder. All arguments of the composite underlying a Block must be placeholders"
        )
    bound = {inner for inner, _ in bindings}
    missing = [p for p in body.placeholders if p not in bound]
    if missing:
        raise ArgumentError(
            f"{len(missing)} of the arguments '{', '.join(map(str, missing))}' of the underlying "
            f"composite Function of Block '{name}' have not been mapped when encapsulating the "
            "composite as a Block."
        )
    for inner, outer in bindings:
        inner._name = outer.name
    block = Block(body, bindings, op_name, name, operator, attributes)
    if block.depth > DEEPEST:
        raise ArgumentError(
            f"block '{name or op_name}' would be the outermost of more than {DEEPEST} blocks, one "
            "inside the other. try: Functions without a block on the way"
        )
    infer_node(block)
    composite = CompositeFunction(block)
    for inner, _ in bindings:  # numbered after the block, as in CNTK 2.7
        inner._uid = next_uid("Placeholder")
    skip_uids(len(bindings) + len(block.outputs))
    return composite


def combine(operands, name: str = "") -> Function:
    """Return a Function with several outputs."""
    flat: list[Variable] = []
    if isinstance(operands, str):
        raise TypeError(f"combine takes variables and Functions, not str {operands!r:.60}")
    for operand in operands:
        flat.extend(operand.outputs if isinstance(operand, Function) else [operand])
    for operand in flat:
        if not isinstance(operand, Variable):
            what = f"combine takes variables and Functions, not {type(operand).__name__}"
            hint = None
            if operand is None:
                hint = (
                    "None is what find_by_name returns where nothing has the name; print(function)"
                )
            raise TypeError(describe(what, hint=hint))
    if not flat:
        raise ArgumentError("combine: give at least one variable or Function")
    return CompositeFunction(Combine(flat, name))


def infer_node(node: Node) -> None:
    """Bring what is known of a node's outputs up to date with its operands."""
    node._frozen_key = None
    if isinstance(node, PrimitiveFunction):
        node.take_specs(infer(node.operator, node.operands, node.arguments_by_name, node.made_at))
    elif isinstance(node, Block):
        _infer_block(node)
    elif hasattr(node, "infer_user_outputs"):
        node.infer_user_outputs()


def _infer_block(block: Block) -> None:
    from cntk.graph.infer import Spec
    from cntk.graph.traverse import nodes_in_order

    changed, block.is_settled = not block.is_settled, True
    waiting = adapt_constants(block.operands)
    for inner, outer in zip(block.placeholders_inside, block.operands):
        is_typed = not (waiting and getattr(outer, "adapts_dtype", False))
        changed = inner.adopt(outer, is_typed) or changed
    unsettled = any(is_unknown(o.shape) for o in block.body.outputs)
    if changed or unsettled or is_guessing():
        for node in nodes_in_order(block.body.outputs):
            infer_node(node)
    block.take_specs(
        [Spec.of(o, Storage.of(o.is_sparse), o.needs_gradient) for o in block.body.outputs]
    )
