"""What the error of a refused call says: the operator, what it was called with, and where."""

from __future__ import annotations

from collections.abc import Sequence

from cntk.errors import CNTKError, place, placed, user_frame
from cntk.graph.infer import operand_lines


def refused(error: CNTKError, operator, operands: Sequence) -> CNTKError:
    """Return the error of a call of an operator as the user is to read it.

    Args:
        error: raised while the arguments were prepared, or by an operator within a composite.
        operator: what the user called.
        operands: what it was called with, in the order of its signature.
    """
    if error.is_placed:
        return _within(error, operator) if operator.is_composite else error
    is_named = operator.op_name in str(error) or operator.name in str(error)
    details = [] if is_named else [f"in {operator.name}"]
    details.extend(operand_lines(operator, operands))
    return placed(error, *details, made_at=place(user_frame()))


def _within(error: CNTKError, operator) -> CNTKError:
    """Return the error of an inner operator with the name of the outermost composite around it."""
    before, word, after = str(error).partition("\n  created at ")
    before = before.partition("\n  in ")[0]
    if operator.name not in before and operator.op_name not in before:
        before += f"\n  in {operator.name}"
    found = type(error)(before + word + after)
    found.is_placed = True
    return found
