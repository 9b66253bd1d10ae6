"""How an estimate prints: a table of memory, lines for work and time, the largest arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cntk.counts import with_prefix

if TYPE_CHECKING:
    from cntk.debugging.costs import Minibatch
    from cntk.debugging.estimate import Estimate

_ROWS = ("parameters", "gradients", "learners", "values", "data")


def estimate_text(estimate: Estimate) -> str:
    """Return the table of an estimate."""
    return "\n".join(_lines(estimate))


def _lines(estimate: Estimate) -> Iterator[str]:
    yield estimate.title
    yield _sizes(estimate.minibatch)
    rule = "-" * 24
    yield rule
    for name in _ROWS:
        yield _line(name, getattr(estimate, name))
    yield rule
    yield _line("memory", estimate.bytes)
    yield f"{'operations':<12}{with_prefix(estimate.operations):>12}"
    yield f"{'time':<12}{1e3 * estimate.seconds:>9.3g} ms"
    yield "Largest arrays:"
    for use in estimate.largest:
        yield f"  {with_prefix(use.bytes, 'B'):>8}  {use.text}"


def _line(name: str, size: int) -> str:
    return f"{name:<12}{with_prefix(size, 'B'):>12}"


def _sizes(minibatch: Minibatch) -> str:
    """Return the sizes of the minibatch in words."""
    if minibatch.lengths:
        frames = " and ".join(f"{sum(lengths):,}" for lengths in minibatch.lengths.values())
        return f"on {minibatch.samples:,} sequences with {frames} frames in all"
    if minibatch.frames > 1:
        return f"on {minibatch.samples:,} sequences of {minibatch.frames:,} frames"
    return f"on {minibatch.samples:,} sample{'s'[: minibatch.samples > 1]}"
