"""Simplification while a plan is built: what needs no step, or an easier one.

Only numbers that an operator's own body or gradient wrote are looked at, never a Constant or
Parameter that a user can reach.
"""

from __future__ import annotations

from typing import Any

from cntk.dtypes import dtype_code
from cntk.execution.passes.extents import expand_rule, sum_rule
from cntk.execution.passes.parts import sum_of_parts
from cntk.operators.declare import registry


def rewrite(operator, operands, attributes: dict):
    """Return a symbol that equals the operator's result and costs less, or None."""
    rule = _RULES.get(operator.name)
    return rule(operands, attributes) if rule else None


def _alias(operands, attributes):
    return operands[0]


def _permute(operands, attributes):
    order = attributes["order"]
    return operands[0] if list(order) == list(range(len(order))) else None


def _set_shape(operands, attributes):
    shape = tuple(attributes["shape"])
    if not all(n > 0 for n in shape):
        return None
    if shape == tuple(operands[0].shape):
        return operands[0]
    indices = _operands_of(operands[0], "ones_at")
    if not indices or operands[0].is_sparse:
        return None
    size, place = (operands[0].source.attributes[name] for name in ("num_classes", "place"))
    if place != -1 or shape[-1] != size:
        return None
    return registry["ones_at"](registry["set_shape"](indices[0], shape[:-1]), size, place, False)


def _reconcile(operands, attributes):
    """Values on one axis have one layout in a plan: nothing is left to reconcile."""
    x, like = operands
    return x if x.dynamic_axes == like.dynamic_axes else None


def _plus(operands, attributes):
    left, right = operands
    same = _without(left, right, 0.0) or _without(right, left, 0.0)
    return same or sum_of_parts(left, right)


def _minus(operands, attributes):
    left, right = operands
    return _without(left, right, 0.0)


def _element_times(operands, attributes):
    left, right = operands
    for one, other in ((left, right), (right, left)):
        same = _without(one, other, 1.0)
        if same is not None:
            return same
        if number(other) == -1.0 and _covers(one, other):
            return registry["negate"](one)
    return None


def _negate(operands, attributes):
    (x,) = operands
    value = number(x)
    if value is None:
        return None
    literal = x.graph.literal(-value, x._dtype)
    return literal if x.literal is not None else registry["expand_to"](literal, x)


def _batch_normalization(operands, attributes):
    """Normalise float16 data in the element type of their statistics."""
    data, scale = operands[:2]
    if data._dtype == scale._dtype:
        return None
    wide = registry["cast"](data, dtype_code(scale._dtype))
    normal = data.graph.emit(registry["batch_normalization"], [wide, *operands[1:]], attributes)
    return registry["cast"](normal, dtype_code(data._dtype))


def _without(symbol, other, neutral: float):
    """Return the symbol itself if the other operand is neutral and does not make it larger."""
    return symbol if number(other) == neutral and _covers(symbol, other) else None


def _row_index(operands, attributes):
    """Find the first or last frame of each sequence by the layout, not by a condition."""
    source, time_steps = operands
    (condition,) = _operands_of(time_steps, "one_frame_where") or (None,)
    marks = _operands_of(condition, "delay_rows")
    inside = marks and _operands_of(marks[0], "reconcile_dynamic_axes")
    if not inside or (number(inside[0]), number(marks[1])) != (0.0, 1.0):
        return None
    steps = condition.source.attributes["steps"]
    if abs(steps) != 1 or condition.dynamic_axes != source.dynamic_axes:
        return None
    return registry["edge_rows"](source, steps < 0)


def _sum_over(operands, attributes):
    frames = _frames_reduced(operands, attributes, padding=0.0)
    return None if frames is None else registry["sum_frames"](frames, whole=True)


def _max_over(operands, attributes):
    frames = _frames_reduced(operands, attributes, padding=float("-inf"))
    return None if frames is None else registry["largest_of_frames"](frames)


def _frames_reduced(operands, attributes, padding: float):
    """Return the sequence whose frames, unpacked with neutral padding, are reduced."""
    found = _operands_of(operands[0], "unpack")
    if not found or attributes["keepdims"] or operands[0].position:
        return None
    unpacked = operands[0].source.attributes["padding_value"]
    first = attributes["axis"] in (0, -len(operands[0].shape))
    return found[0] if first and unpacked == padding else None


def _operands_of(symbol, name: str):
    """Return the operands of the step that makes a symbol, if it is of a given operator."""
    step: Any = getattr(symbol, "source", None)
    is_made = hasattr(step, "operator") and step.operator.name == name
    return step.operands if is_made else None


def number(symbol) -> float | None:
    """Return the number that all elements of a symbol are known to be, or None."""
    literal = symbol.literal
    if literal is None:
        source = symbol.source
        broadcast = (registry["expand_to"], registry["expand_to_extent"])
        if getattr(source, "operator", None) not in broadcast:
            return None
        literal = source.operands[0].literal
    if literal is None or literal.size != 1:
        return None
    return float(literal.reshape(())[()])


def _covers(symbol, other) -> bool:
    """Whether broadcasting with the other leaves the symbol's shape and rows alone.

    Two free axes look equal, but one of them may turn out to be of size 1.
    """
    if symbol.is_sparse:  # the result is dense
        return False
    if len(other.dynamic_axes) > len(symbol.dynamic_axes) or symbol._dtype != other._dtype:
        return False
    if len(other.shape) > len(symbol.shape):
        return False
    ours = symbol.shape[len(symbol.shape) - len(other.shape) :]
    return all(n == 1 or n == m > 0 for n, m in zip(other.shape, ours))


_RULES = {
    "alias": _alias,
    "expand_to": expand_rule,
    "sum_to": sum_rule,
    "plus": _plus,
    "minus": _minus,
    "element_times": _element_times,
    "negate": _negate,
    "row_index": _row_index,
    "sum_over": _sum_over,
    "max_over": _max_over,
    "permute": _permute,
    "set_shape": _set_shape,
    "reconcile_dynamic_axes": _reconcile,
    "batch_normalization": _batch_normalization,
}
