"""How a summary prints: a table, and lines of totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cntk.counts import with_prefix

if TYPE_CHECKING:
    from cntk.debugging.summary import LayerSummary, Summary

_HEADS = ("Layer", "Operation", "Output", "Parameters", "Frozen", "FLOPs")
_WIDEST = 40  # signs of a name or shape


def summary_text(summary: Summary) -> str:
    """Return the table of a summary."""
    lines = [line for layer in summary.layers for line in _cells(layer)]
    widths = [max(len(line[i]) for line in [_HEADS, *lines]) for i in range(len(_HEADS))]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    table = [_line(line, widths) for line in (_HEADS, *lines)]
    return "\n".join([summary.title, rule, table[0], rule, *table[1:], rule, *_totals(summary)])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    texts = [cell.ljust(width) for cell, width in zip(cells[:3], widths)]
    numbers = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:])]
    return "  ".join([*texts, *numbers]).rstrip()


def _cells(layer: LayerSummary) -> Iterator[tuple[str, ...]]:
    """Yield a line of cells, and one more for each further output."""
    first, *others = layer.outputs
    parameters = _number(layer.parameters) + ("*" if layer.shared else "")
    yield (
        _short("  " * layer.level + (layer.name or layer.uid)),
        _short(layer.operation),
        _short(first),
        parameters,
        _number(layer.frozen),
        with_prefix(layer.operations),
    )
    for output in others:
        yield "", "", _short(output), "", "", ""


def _totals(summary: Summary) -> Iterator[str]:
    if any(layer.shared for layer in summary.layers):
        yield "* parameters that a layer above has too; totals count them once"
    yield (
        f"Parameters: {_number(summary.parameters)} trained, {_number(summary.frozen)} frozen, "
        f"{with_prefix(summary.parameter_bytes, 'B')}"
    )
    samples, frames = summary.minibatch.samples, summary.minibatch.frames
    yield (
        f"Minibatch of {samples} sample{'s'[: samples > 1]}, {frames} frame{'s'[: frames > 1]} of "
        f"each sequence: {with_prefix(summary.operations)} FLOPs of inference"
    )
    yield (
        f"Memory of the minibatch: data {with_prefix(summary.input_bytes, 'B')}, values of "
        f"inference {with_prefix(summary.forward_bytes, 'B')}, of training "
        f"{with_prefix(summary.training_bytes, 'B')} (estimates)"
    )
    if summary.operations is None:
        yield (
            "?: not known yet. Apply the Function to inputs of known sizes, "
            "or call update_signature"
        )


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _short(text: str) -> str:
    text = text[: len(text) - len(text.lstrip())] + " ".join(text.split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
