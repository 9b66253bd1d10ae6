"""The plan's own graph: symbols, steps and leaves, built by the same operators as the user's.

Steps are appended operands first, so their order always is a valid order of execution. Equal pure
steps are built once. Nothing here holds data, except literals.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

import numpy as np

from cntk.execution.passes.fuse import fused
from cntk.execution.passes.simplify import rewrite
from cntk.execution.passes.spread import before_spreading
from cntk.graph.infer import Spec, infer
from cntk.operators.declare import registry
from cntk.sparse import DENSE
from cntk.tensor import TensorOpsMixin


class Symbol(TensorOpsMixin):
    """One value of a plan. Has what operators' rules ask of an operand."""

    __slots__ = ("_dtype", "channels_last", "dynamic_axes", "graph", "needs_gradient", "number",
                 "position", "shape", "source", "storage")  # fmt: skip

    def __init__(self, graph: PlanGraph, source: Step | Leaf, position: int, spec: Spec) -> None:
        assert spec.dtype is not None, "placeholders are refused before a plan is made"
        self.graph, self.source, self.position = graph, source, position
        self.shape, self.dynamic_axes = spec.shape, spec.axes
        self._dtype: np.dtype = spec.dtype
        self.storage, self.needs_gradient = spec.storage, spec.needs_gradient
        self.channels_last = False  # of its memory; the plan that is being made decides
        self.number = graph.count_symbol()

    @property
    def dtype(self) -> np.dtype:
        """Element type."""
        return self._dtype

    @property
    def is_sparse(self) -> bool:
        """Whether its data are not dense."""
        return self.storage is not DENSE

    @property
    def has_rows(self) -> bool:
        """Whether there is a dynamic axis, so that the array's first axis counts rows."""
        return bool(self.dynamic_axes)

    @property
    def literal(self) -> np.ndarray | None:
        """The value of a literal; None for everything else."""
        source = self.source
        return source.payload if isinstance(source, Leaf) and source.kind == "literal" else None

    def emit(self, operator, operands, attributes: dict):
        """Apply an operator in this symbol's graph."""
        return self.graph.emit(operator, operands, attributes)

    def recur(self, step, operands, states, backwards: bool = False) -> list[Symbol]:
        """Return the states of a recurrence over this symbol's time steps.

        Arguments as of :func:`cntk.execution.recurrence.recur.recur`, without the first operand,
        which is this symbol.
        """
        from cntk.execution.recurrence.recur import recur

        return recur(step, [self, *operands], states, backwards)

    def __repr__(self) -> str:
        source = self.source
        title = source.operator.name if isinstance(source, Step) else source.kind
        return f"%{self.number}:{title}{list(self.shape)}"


class Leaf(NamedTuple):
    """Where a plan's data come from.

    ``kind``: ``argument`` (payload: variable), ``cell`` (payload: parameter or constant),
    ``attribute`` (payload: (node, name)), ``offset`` (payload: node), ``passage`` (payload: node),
    ``literal`` (payload: array), ``given`` (payload: any key; the caller supplies the array).
    """

    kind: str
    payload: Any


class Purpose(NamedTuple):
    """The user's function that a step is for, so that errors and reports can name it."""

    node: Any
    is_gradient: bool = False


class Step:
    """One operator applied in a plan."""

    __slots__ = ("attributes", "number", "operator", "operands", "outputs", "purpose", "saved")

    def __init__(self, operator, operands, attributes: dict, number: int) -> None:
        self.operator, self.operands, self.attributes = operator, operands, attributes
        self.number = number
        self.purpose: Purpose | None = None
        self.outputs: tuple[Symbol, ...] = ()
        self.saved: tuple[Symbol, ...] = ()

    @property
    def all_outputs(self) -> tuple[Symbol, ...]:
        """Outputs and saved outputs."""
        return self.outputs + self.saved

    def __repr__(self) -> str:
        return f"{self.outputs} = {self.operator.name}({', '.join(map(repr, self.operands))})"


class Effect(NamedTuple):
    """A write to a cell when the run has come that far."""

    stored: object  # the parameter or constant whose cell is written
    value: Symbol
    stage: str  # "forward" or "backward"
    step: Step | None  # pruned together with this step; None: never


class PlanGraph:
    """Steps, leaves and effects of one plan in the making.

    Args:
        training: operators take their training form.
        loop_axes: the dynamic axes that a recurrence runs over, if this is its body.
    """

    def __init__(self, training: bool, loop_axes: tuple = ()) -> None:
        self.training, self.loop_axes = training, loop_axes
        self.steps: list[Step] = []
        self.leaves: list[tuple[Leaf, Symbol]] = []
        self.effects: list[Effect] = []
        self._symbols, self._extra_steps = 0, 0
        self._interned: dict[tuple, Step] = {}
        self._leaf_of: dict[tuple, Symbol] = {}
        self.newest: dict[int, Symbol] = {}  # id of a stored variable -> what its writer made

    def count_symbol(self) -> int:
        """Return the next symbol number."""
        self._symbols += 1
        return self._symbols

    def count_step(self) -> int:
        """Return a number for a step that a pass adds beside those of the graph."""
        self._extra_steps -= 1
        return self._extra_steps

    def note_purpose(self, first: int, purpose: Purpose | None) -> None:
        """Say what the steps from number ``first`` on are for."""
        for step in self.steps[first:]:
            step.purpose = purpose

    def forget(self) -> None:
        """Let go of all variables; nothing can be appended any more."""
        for step in self.steps:
            step.purpose = None
            if isinstance(body := getattr(step.operator, "body", None), PlanGraph):
                body.forget()
        self.leaves, self.effects, self._leaf_of, self.newest = [], [], {}, {}
        self.steps, self._interned = [], {}

    def leaf(self, kind: str, payload, spec: Spec, key=None) -> Symbol:
        """Return the symbol of a leaf, one per payload."""
        key = (kind, id(payload) if key is None else key)
        symbol = self._leaf_of.get(key)
        if symbol is None:
            leaf = Leaf(kind, payload)
            symbol = Symbol(self, leaf, 0, spec)
            self._leaf_of[key] = symbol
            self.leaves.append((leaf, symbol))
        return symbol

    def given(self, key: Hashable, spec: Spec) -> Symbol:
        """Return the symbol of an array that the caller supplies with each run, one per key."""
        return self.leaf("given", key, spec, key=key)

    def literal(self, value, dtype: np.dtype) -> Symbol:
        """Return the symbol of a number or array that an operator's own body wrote."""
        array = np.asarray(value, dtype)
        key = (array.tobytes(), array.shape, array.dtype.str)
        return self.leaf("literal", array, Spec(array.shape, array.dtype), key)

    def symbols(self, operands) -> list[Symbol]:
        """Return operands as symbols; numbers and arrays become literals."""
        dtype = next((x._dtype for x in operands if isinstance(x, Symbol)), np.dtype("f4"))
        return [x if isinstance(x, Symbol) else self.literal(x, dtype) for x in operands]

    def emit(self, operator, operands, attributes: dict):
        """Append a step and return its output (a tuple for several)."""
        if operator.is_composite:
            return operator.expand(operands, attributes)
        operands = self.symbols(operands)
        if not self.training and "inference" in operator.rules:
            return operator.run_rule("inference", operands, attributes)
        if "lower" in operator.rules:
            return operator.run_rule("lower", operands, attributes)
        simpler = rewrite(operator, operands, attributes)
        if simpler is None:
            simpler = fused(operator, operands) or before_spreading(operator, operands, attributes)
        if simpler is not None:
            return simpler
        operands = self._fitted(operator, operands)
        key = None
        if operator.is_pure:
            key = (operator, tuple(x.number for x in operands), freeze(attributes))
            known = self._interned.get(key)
            if known is not None:
                return _result(known)
        step = self._append(operator, operands, attributes)
        if key is not None:
            self._interned[key] = step
        return _result(step)

    def _append(self, operator, operands, attributes: dict) -> Step:
        specs = infer(operator, operands, attributes)
        step = Step(operator, operands, attributes, len(self.steps))
        step.outputs = tuple(Symbol(self, step, i, spec) for i, spec in enumerate(specs))
        step.saved = tuple(
            Symbol(self, step, len(specs) + i, self._saved_spec(step, like))
            for i, like in enumerate(operator.saves.values())
        )
        self.steps.append(step)
        saved = dict(zip(operator.saves, step.saved))
        for operand_name, saved_name in operator.updates.items():
            self._add_effect(step, operand_name, saved.get(saved_name, step.outputs[0]))
        return step

    def _saved_spec(self, step: Step, like) -> Spec:
        by_name = dict(zip(step.operator.signature.operands, step.operands))
        by_name["y"] = step.outputs[0]
        model = by_name[like.name]
        return Spec(model.shape, like.dtype or model._dtype, model.dynamic_axes)

    def _add_effect(self, step: Step, operand_name: str, value: Symbol) -> None:
        position = step.operator.signature.operands.index(operand_name)
        target = step.operands[position]
        stored = self.stored_of(target)
        if stored is not None:
            self.effects.append(Effect(stored, value, step.operator.update_stage, step))
            self.newest[id(stored)] = value

    def stored_of(self, symbol: Symbol):
        """Return the parameter or constant that a symbol reads (or is the newest write of)."""
        if isinstance(symbol.source, Leaf):
            return symbol.source.payload if symbol.source.kind == "cell" else None
        for effect in reversed(self.effects):
            if effect.value is symbol:
                return effect.stored
        return None

    def _fitted(self, operator, operands: list[Symbol]) -> list[Symbol]:
        """Make operands fit: dense where needed, equal rows and ranks for elementwise ones."""
        names = operator.signature.operands
        for i, operand in enumerate(operands):
            name = names[0] if operator.signature.variadic else names[i]
            if operand.is_sparse and name not in operator.sparse:
                operands[i] = self.emit(registry["densify"], [operand], {})
        if len(operands) < 2 or operator.family == "whole":
            return operands
        operands = self._same_rows(operands)
        if operator.family != "elementwise":
            return operands
        rank = max(len(x.shape) for x in operands)
        return [
            self.emit(registry["align_rank"], [x], {"rank": rank})
            if x.has_rows and len(x.shape) < rank
            else x
            for x in operands
        ]

    def _same_rows(self, operands: list[Symbol]) -> list[Symbol]:
        """Repeat what is per sample for each frame of the operand with the most dynamic axes."""
        longest = max(operands, key=lambda x: len(x.dynamic_axes))
        if all(len(x.dynamic_axes) in (0, len(longest.dynamic_axes)) for x in operands):
            return operands
        return [
            self.emit(registry["spread_rows"], [x, longest], {})
            if x.has_rows and len(x.dynamic_axes) < len(longest.dynamic_axes)
            else x
            for x in operands
        ]


def _result(step: Step):
    return step.outputs[0] if len(step.outputs) == 1 else step.outputs


def freeze(value):
    """Return a hashable picture of attribute values."""
    if isinstance(value, dict):
        return tuple((k, freeze(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(freeze(v) for v in value)
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, Symbol):
        return ("symbol", value.number)
    try:
        hash(value)
    except TypeError:
        return ("object", id(value))
    return (type(value).__name__, value)
