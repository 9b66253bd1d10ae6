"""Functions of functions: several outputs in one, blocks, composites."""

from __future__ import annotations

from cntk.graph import build
from cntk.graph.function import Function
from cntk.variables import checked_name


def combine(*operands, name: str = "", **kw_name) -> Function:
    """Return a Function with the outputs of all operands.

    Args:
        operands: Functions and variables, or one list of them.
        name: name of the result.

    >>> x = C.input_variable(2)
    >>> len(C.combine([x + 1, x * 2]).outputs)
    2
    """
    if kw_name:
        raise TypeError(f"combine() got an unexpected keyword argument '{next(iter(kw_name))}'")
    if len(operands) > 1 and isinstance(operands[-1], str):
        operands, name = operands[:-1], operands[-1]
    if len(operands) == 1 and isinstance(operands[0], (list, tuple, str)):
        (operands,) = operands
    return build.combine(operands, name)


def as_block(
    composite: Function, block_arguments_map, block_op_name: str, block_instance_name: str = ""
) -> Function:
    """Return a Function that shows a composite as one operation.

    Args:
        composite: what is inside.
        block_arguments_map: (placeholder inside, variable outside) pairs for all placeholders.
        block_op_name: name of the operation.
        block_instance_name: name of the block.

    Raises:
        ValueError: a placeholder is not mapped.

    >>> p, x = C.placeholder(), C.input_variable(2)
    >>> C.as_block(C.sigmoid(p), [(p, x)], 'Squash').root_function.op_name
    'Squash'
    """
    pairs = [(inner, build.as_variable(outer)) for inner, outer in _pairs(block_arguments_map)]
    checked_name(block_op_name, "block_op_name")
    return build.make_block(composite, pairs, block_op_name, block_instance_name)


def _pairs(given) -> list[tuple]:
    pairs = list(given) if isinstance(given, (list, tuple)) else [given]
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in pairs):
        raise TypeError(
            "as_block: block_arguments_map is a list of (placeholder inside, variable outside) "
            f"pairs, not {type(given).__name__} {given!r:.60}"
        )
    return pairs


def as_composite(root_function: Function, name: str = "") -> Function:
    """Return a composite Function with the outputs of a primitive or block.

    Args:
        root_function: the primitive or block.
        name: name of the result.

    >>> f = C.sigmoid(C.input_variable(2))
    >>> C.as_composite(f.root_function).is_composite
    True
    """
    from cntk.graph.nodes import CompositeFunction

    if not isinstance(root_function, Function):
        raise TypeError(f"as_composite takes a Function, not {type(root_function).__name__}")
    return CompositeFunction(root_function.root_function, name)
