"""Static inference: shapes, element types, dynamic axes of what an operator makes."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np

from cntk.axis import UNKNOWN_AXES, Axis
from cntk.dtypes import dtype_name
from cntk.errors import AxisError, CNTKError, DTypeError, ExecutionError, ShapeError, placed
from cntk.shape import UNKNOWN_SHAPE, broadcast_shapes, is_unknown, shape_text
from cntk.sparse import DENSE, Storage

_BROADCAST_HINT = (
    "try: C.reshape; sizes are compared from the last axis on, and a size of 1 fits any other"
)
_guessing: ContextVar[str] = ContextVar("guessing", default="")


@contextmanager
def guesses(kind: str):
    """Let operands of which nothing is known agree with the others.

    Around a recurrence something must be assumed first; a pass without guesses confirms it.

    Args:
        kind: ``"tensors"`` to have only tensors tell a shape; ``"numbers"`` to have a number, which
            fits every tensor, tell one too.
    """
    token = _guessing.set(kind)
    try:
        yield
    finally:
        _guessing.reset(token)


def is_guessing() -> bool:
    """Whether :func:`guesses` is in force."""
    return bool(_guessing.get())


class Spec(NamedTuple):
    """What is known of one output before any data."""

    shape: tuple[int, ...]
    dtype: np.dtype | None
    axes: tuple[Axis, ...] = ()
    storage: Storage = DENSE
    needs_gradient: bool = False

    @classmethod
    def of(cls, like, storage: Storage = DENSE, needs_gradient: bool = False) -> Spec:
        """Return what is known of data of the shape, type and axes of a variable or symbol."""
        return cls(like.shape, like._dtype, like.dynamic_axes, storage, needs_gradient)

    @property
    def is_sparse(self) -> bool:
        """Whether the data are not dense."""
        return self.storage is not DENSE


def infer(operator, operands, attributes: dict, made_at: str | None = None) -> list[Spec]:
    """Return a Spec for each output of an operator on given operands.

    Sizes of parameters that are still to be deduced (-1) are fixed on the way, and attributes that
    follow from shapes are completed.
    """
    try:
        _refuse_sparse(operator, operands)
        if "complete" in operator.rules and not any(is_unknown(x.shape) for x in operands):
            attributes.update(operator.run_rule("complete", operands, attributes))
        dtype = _dtype(operator, operands, attributes)
        axes = _axes(operator, operands, attributes)
        shapes = _shapes(operator, operands, attributes)
    except CNTKError as error:
        raise placed(error, *operand_lines(operator, operands), made_at=made_at) from None
    needs = any(operand.needs_gradient for operand in operands)
    storage = DENSE
    if "storage" in operator.rules:
        storage = operator.run_rule("storage", operands, attributes)
    per_output = axes if isinstance(axes, list) else [axes] * len(shapes)
    return [
        Spec(shape, dtype, its_axes, storage, needs and name not in operator.no_gradient)
        for name, shape, its_axes in zip(operator.outputs, shapes, per_output)
    ]


def _refuse_sparse(operator, operands) -> None:
    """Refuse sparse operands of elementwise operators, as CNTK 2.7 does."""
    if operator.family != "elementwise":
        return
    for operand in operands:
        if operand.is_sparse:
            raise ExecutionError(
                f"{operator.op_name}: elementwise operations are not supported for sparse data, "
                f"such as {operand}. try: C.times(data, np.eye(size)), which makes it dense"
            )


def operand_lines(operator, operands) -> list[str]:
    """Return ``left   Input('x', [#], [2 x 3])`` and so on, for messages."""
    signature = operator.signature
    names = [signature.variadic] * len(operands) if signature.variadic else signature.operands
    width = max(map(len, names), default=0)
    return [f"{name:{width}}  {_shown(operand)}" for name, operand in zip(names, operands)]


def _shown(operand) -> str:
    """Return a variable as it prints, a Function as its outputs, the beginning of other things."""
    if hasattr(operand, "root_function"):
        return ", ".join(map(str, operand.outputs))
    text = str(operand) if hasattr(operand, "dynamic_axes") else repr(operand)
    return text if len(text) <= 80 else f"{text[:76]} ..."


def _dtype(operator, operands, attributes: dict) -> np.dtype | None:
    if "dtype" in operator.rules:
        return operator.run_rule("dtype", operands, attributes)
    return common_dtype(operator.op_name, operands)


def adapt_constants(operands) -> bool:
    """Give constants written as numbers the element type of the operands beside them.

    Returns whether they wait: for an operand whose element type is not known yet.
    """
    settled = [x for x in operands if x._dtype and not getattr(x, "adapts_dtype", False)]
    if not settled:
        return any(x._dtype is None for x in operands)
    if len(settled) < len(operands):
        for operand in operands:
            if getattr(operand, "adapts_dtype", False) and operand._dtype != settled[0]._dtype:
                operand.adapt(settled[0]._dtype)
    return False


def common_dtype(op_name: str, operands) -> np.dtype | None:
    """Return the one element type of all operands; raise DTypeError when they differ."""
    found = None
    if adapt_constants(operands):
        return None  # constants that adapt do not decide
    for operand in operands:
        dtype = operand._dtype
        if dtype is None or found is None:
            found = found if dtype is None else dtype
        elif dtype != found:
            raise DTypeError(
                f"Primitive op '{op_name}' passed operands with different DataTypes "
                f"'{dtype_name(found)}' and '{dtype_name(dtype)}'. "
                "try: C.cast, or one dtype for all inputs and parameters"
            )
    return found


def _axes(operator, operands, attributes: dict) -> tuple[Axis, ...] | list[tuple[Axis, ...]]:
    if "axes" in operator.rules:
        asked = _asked(operator, operands, "axes")
        if any(x.dynamic_axes == UNKNOWN_AXES for x in asked):
            # operands of a variadic operator are alike; else the first leads, as that of a delay
            leads = operator.signature.variadic or asked[0].dynamic_axes != UNKNOWN_AXES
            guess = _guessing.get() and leads
            return merge_axes(operator.op_name, asked) if guess else UNKNOWN_AXES
        axes = operator.run_rule("axes", operands, attributes)
        return axes if isinstance(axes, list) else tuple(axes)
    return merge_axes(operator.op_name, operands)


def _asked(operator, operands, rule: str) -> list:
    """Return the operands that a rule of the operator looks at."""
    if operator.signature.variadic:
        return list(operands)
    names = operator.rules[rule].names
    return [x for x, name in zip(operands, operator.signature.operands) if name in names]


def merge_axes(op_name: str, operands) -> tuple[Axis, ...]:
    """Return the dynamic axes that all operands have, except those that have none."""
    merged: tuple[Axis, ...] = ()
    if _guessing.get():
        known = [x for x in operands if x.dynamic_axes != UNKNOWN_AXES]
        operands = known if any(x.dynamic_axes for x in known) else operands
    for operand in operands:
        axes = operand.dynamic_axes
        if axes == UNKNOWN_AXES:
            return UNKNOWN_AXES
        if not axes:
            continue
        if merged and axes != merged:
            from cntk.variables import axes_text

            raise AxisError(
                f"Operation '{op_name}': Operand '{operand}' has dynamic axes, that do not match "
                f"the dynamic axes '{axes_text(merged)}' of the other operands. "
                "try: C.sequence.broadcast_as or C.reconcile_dynamic_axes"
            )
        merged = axes
    return merged


def _shapes(operator, operands, attributes: dict) -> list[tuple[int, ...]]:
    count = len(operator.outputs)
    if operator.family == "elementwise" and "shape" not in operator.rules:
        return [_elementwise_shape(operator, operands)] * count
    if any(is_unknown(x.shape) for x in _asked(operator, operands, "shape")):
        if _guessing.get() and "guess" in operator.rules:
            return [operator.run_rule("guess", operands, attributes)] * count
        if "num_outputs" in operator.rules:
            count = operator.run_rule("num_outputs", operands, attributes)
        return [UNKNOWN_SHAPE] * count
    shape = operator.run_rule("shape", operands, attributes)
    return shape if isinstance(shape, list) else [tuple(shape)] * count


def _elementwise_shape(operator, operands) -> tuple[int, ...]:
    if _guessing.get():
        known = [x for x in operands if not is_unknown(x.shape)]
        if _guessing.get() == "numbers" or any(x.shape for x in known):
            operands = known or operands
    shapes = [x.shape for x in operands]
    if any(is_unknown(shape) for shape in shapes):
        return UNKNOWN_SHAPE
    result = broadcast_shapes(*shapes)
    if result is None:
        if len(operands) == 2:
            raise ShapeError(
                f"Binary elementwise operation {operator.op_name}: Left operand "
                f"'{operands[0]}' shape '{shape_text(shapes[0])}' is not compatible with right "
                f"operand '{operands[1]}' shape '{shape_text(shapes[1])}'. {_BROADCAST_HINT}"
            )
        raise ShapeError(
            f"{operator.op_name}: shapes {', '.join(map(shape_text, shapes))} do not broadcast. "
            f"{_BROADCAST_HINT}"
        )
    for operand in operands:
        deduce(operand, result[len(result) - len(operand.shape) :])
    return result


def deduce(operand, shape: tuple[int, ...]) -> None:
    """Fix sizes of a parameter that are still to be deduced from those of ``shape``."""
    if -1 in operand.shape and hasattr(operand, "cell"):
        from cntk.variables import resolve_shape

        merged = tuple(n if n != -1 else s for n, s in zip(operand.shape, shape))
        if merged != operand.shape:
            resolve_shape(operand, tuple(n if n > 0 else -1 for n in merged))
