"""What a chain computes: loads, computations, stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cntk.execution.passes.forms import Form
from cntk.operators.declare import Operand, Operator


class Compute(NamedTuple):
    """One computation of a chain; ``sources`` count loads first, then computations."""

    operator: Operator
    attributes: dict[str, Any]
    sources: tuple[int, ...]


class Store(NamedTuple):
    """A value that is kept: ``output`` of the step; rows of ``width`` lie ``stride`` apart."""

    source: int
    output: int
    width: int = 0
    stride: int = 0
    begin: int = 0


@dataclass
class Formula:
    """What a chain computes.

    Args:
        width: elements per row of its domain (all elements, without rows).
        loads: (position of the operand, form), or (None, number).
        computes: the computations in order.
        stores: what is kept.
    """

    width: int
    loads: list[tuple[int | None, Form | float]] = field(default_factory=list)
    computes: list[Compute] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)


def _chain(*operands: Operand):
    """An elementwise formula."""


class Chain(Operator):
    """The operator of one chain; it belongs to one step."""

    def __init__(self, formula: Formula, outputs: int) -> None:
        names = tuple(f"y{i}" for i in range(outputs))
        super().__init__(_chain, family="whole", stored=None, outputs=names)
        self.name, self.formula = "chain", formula


class Continued(Operator):
    """The operator of one step that computes what two do: a step, and a chain of its result.

    Args:
        first: the first step; its result lies where a result of the chain will.
        chain: the chain; its first operand, and the first of its loads, is that result.
        result: which of the chain's outputs lies there.
    """

    def __init__(self, first: Any, chain: Any, result: int) -> None:
        super().__init__(_chain, family="whole", stored=None, outputs=chain.operator.outputs)
        self.name = f"{first.operator.name} then chain"
        self.first, self.chain, self.result = first, chain, result
