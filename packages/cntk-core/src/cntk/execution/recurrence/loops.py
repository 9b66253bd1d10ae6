"""Recurrences of the user's graph: a cycle through past or future values becomes a scan."""

from __future__ import annotations

from cntk.axis import UNKNOWN_AXES
from cntk.errors import ExecutionError, ShapeError, describe
from cntk.execution.recurrence.body import Body, Carried
from cntk.execution.recurrence.scan import Scan
from cntk.execution.symbols import Symbol
from cntk.graph.nodes import PrimitiveFunction
from cntk.operators.declare import registry
from cntk.shape import is_unknown
from cntk.variables import Variable

_DELAYS = {"past_value": False, "future_value": True}  # whether it runs backwards


class Loop:
    """A recurrence that is being lowered; values at all time steps are made when asked for.

    Args:
        lowering: the lowering of the graph around it.
        flat: the flattened graph.
        group: the nodes of the recurrence.
    """

    def __init__(self, lowering, flat, group: list) -> None:
        self._outer, self._flat = lowering, flat
        self._members = {id(node) for node in group}
        delays = [node for node in group if _is_delay(node)]
        order = self._order(group)
        _check_known(group)
        for node in order:
            if isinstance(node, PrimitiveFunction) and node.operator.derives_layout:
                raise _needs_whole_sequences(node)
        backwards = {_DELAYS[node.operator.name] for node in delays}
        if len(backwards) > 1:
            raise ExecutionError(
                describe(
                    "a recurrence uses both past_value and future_value: "
                    "it cannot run in either direction",
                    *map(str, delays),
                    made_at=delays[0].made_at,
                )
            )
        axes = delays[0].outputs[0].dynamic_axes
        self._body = Body(lowering.graph, axes)
        self._meet_leaves(group)
        self._inside = lowering.inside(self._body.graph, self._symbol)
        for node in delays:
            output = node.outputs[0]
            self._inside.symbol_of[output] = self._body.carry(output.shape, output._dtype)
        for node in order:
            before = len(self._body.graph.steps)
            self._inside.lower_node(node, flat.operands(node))
            self._check(node, before)
        self.scan: Scan = self._body.close(map(self._carried, delays), backwards.pop())

    def _carried(self, delay) -> Carried:
        """Return the state that a node for past or future values is."""
        value, initial = self._flat.operands(delay)
        inside = self._inside.symbol_of
        steps = delay.arguments_by_name["time_step"]
        passage = self._outer.passage(delay) if delay.operator.continues else None
        start = _start(delay, self._outer.symbol(initial), steps)
        return Carried(inside[delay.outputs[0]], inside[value], steps, start, passage)

    def output(self, variable: Variable) -> Symbol:
        """Return the symbol, around the loop, of a variable computed inside."""
        inside = self._inside.symbol_of[variable]
        return self.scan.stack(inside)

    def _order(self, group: list) -> list:
        """Return the nodes without the delays, operands first."""
        order, state = [], {}
        for start in group:
            if _is_delay(start) or id(start) in state:
                continue
            stack = [(start, iter(self._flat.operands(start)))]
            state[id(start)] = "open"
            while stack:
                node, operands = stack[-1]
                for operand in operands:
                    owner = operand._owner
                    if owner is None or id(owner) not in self._members or _is_delay(owner):
                        continue
                    if state.get(id(owner)) == "open":
                        raise _cycle(owner)
                    if id(owner) not in state:
                        state[id(owner)] = "open"
                        stack.append((owner, iter(self._flat.operands(owner))))
                        break
                else:
                    state[id(node)] = "done"
                    order.append(node)
                    stack.pop()
        if len(order) == len(group):
            raise _cycle(group[0])
        return order

    def _meet_leaves(self, group: list) -> None:
        """Make the leaves around the loop in the order that the structural key lists them."""
        for node in group:
            for operand in self._flat.operands(node):
                if operand._owner is None or id(operand._owner) not in self._members:
                    self._outer.symbol(operand)
            if isinstance(node, PrimitiveFunction):
                for name in node.arguments_by_name:
                    if name in node.operator.runtime:
                        self._outer.runtime(node, name)
                if node.operator.continues:
                    self._outer.passage(node)

    def _symbol(self, given) -> Symbol:
        """Return the body's symbol for a variable, or a run-time number, from around the loop."""
        return self._body.read(self._outer.symbol(given) if isinstance(given, Variable) else given)

    def _check(self, node, first: int) -> None:
        """Refuse steps that cannot run on one time step, among those from number ``first`` on."""
        for step in self._body.graph.steps[first:]:
            operator = step.operator
            reference = operator.rules.get("reference")
            asks = reference is not None and "layouts" in reference.names
            # random numbers depend on where a row stands, which a time step's layout tells
            by_step = operator.is_random or operator.goes_by_step
            whole = asks and not by_step and any(x.has_rows for x in step.operands[:1])
            if operator.updates or operator.derives_layout or whole or isinstance(operator, Scan):
                raise _needs_whole_sequences(node)


def _start(delay, initial: Symbol, steps: int) -> Symbol:
    """Return an initial state per sequence: of one that is a sequence, the frame next to it."""
    if len(initial.dynamic_axes) < 2:
        return initial
    if steps > 1:
        raise ExecutionError(
            describe(
                f"{delay.op_name} by {steps} steps inside a recurrence: an initial state that is a "
                "sequence is supported by one step",
                made_at=delay.made_at,
                hint="an initial state per sequence, such as C.sequence.last of this one",
            )
        )
    at_end = not _DELAYS[delay.operator.name]
    return registry["gather_rows"](initial, registry["edge_rows"](initial, at_end))


def _check_known(group: list) -> None:
    """Refuse a recurrence that nothing tells the shape, type or sequence axis of."""
    for node in group:
        for output in node.outputs:
            known = output._dtype is not None and not is_unknown(output.shape)
            if not known or output.dynamic_axes == UNKNOWN_AXES:
                raise ShapeError(
                    describe(
                        f"Variable '{output}' with unknown shape found when compiling the "
                        "Function graph: nothing in its recurrence tells its shape, element type "
                        "and sequence axis.",
                        made_at=node.made_at,
                        hint="read a sequence in the recurrence, or give an initial state of the "
                        "full shape",
                    )
                )


def _is_delay(node) -> bool:
    return isinstance(node, PrimitiveFunction) and node.operator.name in _DELAYS


def _needs_whole_sequences(node) -> ExecutionError:
    return ExecutionError(
        describe(
            f"{node.op_name} inside a recurrence is not supported: it needs whole sequences, or "
            "changes a value that every time step reads",
            made_at=node.made_at,
            hint="move it out of the recurrence",
        )
    )


def _cycle(node) -> ExecutionError:
    return ExecutionError(
        describe(
            f"the graph has a cycle without delay through {node.outputs[0]}",
            made_at=node.made_at,
            hint="let the recurrence go through C.sequence.past_value or future_value",
        )
    )
