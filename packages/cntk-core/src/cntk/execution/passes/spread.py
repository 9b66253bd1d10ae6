"""Values per sequence that are repeated for each frame: what is computed of them, and read, before.

An attention repeats a whole encoded sequence for each step of the decoder. Repeated rows are equal,
so what only depends on them is computed once per sequence, and a recurrence reads the row of the
sequence at each of its time steps.
"""

from __future__ import annotations

from cntk.operators.declare import registry

_SPREADING = ("spread_rows", "reconcile_dynamic_axes")


def spread_from(symbol):
    """Return the symbol with one row per sequence that a symbol repeats; None if it does not.

    Args:
        symbol: a symbol with one row per frame.
    """
    step = symbol.source
    if getattr(getattr(step, "operator", None), "name", "") not in _SPREADING:
        return None
    source = step.operands[0]
    return source if 0 < len(source.dynamic_axes) < len(symbol.dynamic_axes) else None


def _goes_by_row(operator, operands, attributes: dict) -> bool:
    if "by_row" in operator.rules:
        return operator.run_rule("by_row", operands, attributes)
    return operator.family in ("elementwise", "per_sample")


def before_spreading(operator, operands, attributes: dict):
    """Return the operator's result, computed once per sequence and then repeated; or None.

    Args:
        operator: the operator that is applied.
        operands: its operands, symbols.
        attributes: its attributes.
    """
    if not operator.is_pure or not _goes_by_row(operator, operands, attributes):
        return None
    sources = [spread_from(x) if x.has_rows else x for x in operands]
    repeated = [x for x, source in zip(operands, sources) if source is not x]
    if not repeated or any(source is None for source in sources):
        return None
    result = repeated[0].graph.emit(operator, sources, attributes)
    like = repeated[0].source.operands[1]
    spread = registry["spread_rows"]
    if isinstance(result, tuple):
        return tuple(spread(one, like) for one in result)
    return spread(result, like)
