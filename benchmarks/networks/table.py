"""What a comparison of networks found, and the tables that show it."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass, field
from datetime import date
from importlib import metadata

TARGETS = {  # of the ratio of times, ours by PyTorch's; of cells, by Recurrence(LSTM)
    "fcn5": 0.85,
    "alexnet": 0.80,
    "resnet20": 0.80,
    "resnet56": 0.80,
    "lstm": 0.75,
    "tagger": 0.65,
    "tiny": 0.55,
    "vgg16_1": 0.80,
    "vgg16_16": 0.80,
    "resnet50_1": 0.80,
    "resnet50_16": 0.80,
    "cell": 1.2,
    "cell_of_gates": 1.2,
}
MEMORY_TARGET = 0.9
MEMORY_TARGETS = {"fcn5": 1.0}


@dataclass
class Row:
    """One workload.

    ``times``: milliseconds of a step, ours and theirs, per pair; ``others``: those of more sides;
    ``memory``: MB, ours and theirs; ``products``: GFLOP/s of PyTorch's own products; ``peak``:
    operations and bytes per second; ``work``: operations and bytes per kind of work of a step.
    """

    name: str
    times: list[tuple[float, float]] = field(default_factory=list)
    others: dict[str, list[float]] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)
    products: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    work: list[list[float]] = field(default_factory=list)

    @property
    def ours(self) -> float:
        """Our median."""
        return statistics.median(ours for ours, _ in self.times)

    @property
    def theirs(self) -> float:
        """Their median."""
        return statistics.median(theirs for _, theirs in self.times)

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(ours / theirs for ours, theirs in self.times)

    @property
    def memory_ratio(self) -> float:
        """Our memory by theirs."""
        return self.memory[0] / max(self.memory[1], 1e-9)

    def ratio_to(self, label: str) -> float:
        """The median of the ratios to another side."""
        pairs = zip(self.times, self.others[label])
        return statistics.median(ours / other for (ours, _), other in pairs)

    def floor(self, peak: tuple[float, float]) -> float:
        """Return the milliseconds that a step takes at least on a machine of that peak."""
        return 1e3 * sum(max(done / peak[0], moved / peak[1]) for done, moved in self.work)


def progress(row: Row) -> str:
    """Return a short line on a row."""
    return f"{row.name:14}{row.ours:10.3f} ms{row.theirs:10.3f} ms  ratio {row.ratio:.2f}"


def conditions(given) -> str:
    """Return a sentence on when and where."""
    versions = " ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "torch"))
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"Measured on {date.today()} on {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, {versions}; {given.threads} threads, {given.pairs} "
        f"pairs; load average (1, 5, 15 minutes) {load}.\n"
    )


def _busy(rows: list[Row], best: float) -> str:
    """Return a warning if PyTorch's own product was far from the best that was measured."""
    usual = statistics.median([x for row in rows for x in row.products] or [best])
    if usual > 0.8 * best:
        return ""
    return (
        f"The machine was busy: PyTorch's product reached {usual:.0f} of {best:.0f} GFLOP/s. "
        "Threads that wait for each other lose most then, so these ratios are no measure."
    )


def tables(rows: list[Row]) -> str:
    """Return the tables, in Markdown."""
    labels = sorted({label for row in rows for label in row.others})
    head = [
        "workload",
        "step, ms",
        "PyTorch, ms",
        "ratio",
        "target",
        "",
        "PyTorch's sgemm, GFLOP/s",
    ]
    head += [f"ratio to {label}" for label in labels]
    head += ["memory, MB", "PyTorch, MB", "ratio", "target", ""]
    found = [_markdown(head, [_compared(row, labels) for row in rows if row.products])]
    head = [
        "cell that a user has written",
        "step, ms",
        "Recurrence(LSTM), ms",
        "ratio",
        "target",
        "",
    ]
    found.append(_markdown(head, [_timed(row) for row in rows if not row.products]))
    peak = (
        1e9 * max([row.peak[0] / 1e9 for row in rows] + [x for row in rows for x in row.products]),
        max(row.peak[1] for row in rows),
    )
    head = ["workload", "GFLOP", "MB moved", "floor, ms", "step by floor", "of peak"]
    work = _markdown(head, [_worked(row, peak) for row in rows])
    found.append(
        "The floor follows from the best that was measured here: "
        f"{peak[0] / 1e9:.0f} GFLOP/s and {peak[1] / 1e9:.1f} GB/s."
    )
    return "\n\n".join(part for part in [*found, work, _busy(rows, peak[0] / 1e9)] if part)


def _timed(row: Row) -> list[str]:
    cells = [row.name, f"{row.ours:.3f}", f"{row.theirs:.3f}", f"{row.ratio:.2f}"]
    return cells + _target(row.ratio, TARGETS[row.name])


def _compared(row: Row, labels: list[str]) -> list[str]:
    cells = [*_timed(row), f"{statistics.median(row.products):.0f}"]
    cells += [f"{row.ratio_to(label):.2f}" if label in row.others else "" for label in labels]
    cells += [f"{row.memory[0]:.1f}", f"{row.memory[1]:.1f}", f"{row.memory_ratio:.2f}"]
    return cells + _target(row.memory_ratio, MEMORY_TARGETS.get(row.name, MEMORY_TARGET))


def _target(ratio: float, target: float) -> list[str]:
    return [f"{target:.2f}", "met" if round(ratio, 2) <= target else "**missed**"]


def _worked(row: Row, peak: tuple[float, float]) -> list[str]:
    floor = row.floor(peak)
    operations, moved = (sum(column) for column in zip(*row.work))
    return [
        row.name,
        f"{operations / 1e9:.3g}",
        f"{moved / 1e6:.3g}",
        f"{floor:.3g}",
        f"{row.ours / floor:.2f}",
        f"{floor / row.ours:.0%}",
    ]


def _markdown(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
