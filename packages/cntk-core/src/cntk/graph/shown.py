"""Attributes of nodes as CNTK 2.7 shows them: plain values, axes as triples."""

from __future__ import annotations

from cntk.axis import Axis


def shown(attribute, value):
    """Return an attribute's value as ``Function.attributes`` shows it.

    Args:
        attribute: its ``cntk.operators.stored.Attribute``.
        value: the value of the operator's argument.
    """
    kind = attribute.kind
    if kind == "N":
        return tuple(value)
    if not kind.endswith("*"):
        return _shown_axis(value) if kind == "Ax" else value
    listed = [_shown_axis(one) for one in value] if kind == "Ax*" else list(value)
    # CNTK 2.7 shows flags in Python's order and all other lists in the file's.
    return listed[::-1] if attribute.reverse and kind != "B*" else listed


def _shown_axis(axis: int | Axis) -> tuple:
    """Return an axis as (order, kind, index or name); the last static axis is number 0."""
    if isinstance(axis, Axis):
        order = "ordered" if axis.is_ordered else "unordered"
        return order, "dynamic" if axis.is_dynamic_axis() else "static", axis.name
    return "ordered", "static", -1 - axis
