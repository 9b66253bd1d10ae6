"""Nodes: primitive functions and blocks. A node has operands and owns its outputs."""

from __future__ import annotations

from cntk.errors import place, user_frame
from cntk.graph.function import Function
from cntk.graph.infer import Spec
from cntk.graph.shown import shown
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Variable, checked_name, next_uid, output_of

# grows whenever some graph is changed in place; what was derived from a graph remembers it
mutations = [0]


class Node(Function):
    """What primitives, blocks and user functions share.

    Args:
        operands: operands in the order of the Python signature.
        op_name: name of the operation.
        name: name given by the user.
        uid_word: what the uid starts with; default: the name of the operation.
    """

    def __init__(
        self, operands: list[Variable], op_name: str, name: str, uid_word: str | None = None
    ) -> None:
        self.operands = list(operands)
        self._op_name, self._name = op_name, checked_name(name)
        self._uid = next_uid(uid_word or op_name)
        self._made_at = user_frame()
        self._outputs: tuple[Variable, ...] = ()
        self._frozen_key: tuple | None = None  # what tells it from others in plans, once asked
        self._custom_attributes: dict = {}

    @property
    def is_primitive(self) -> bool:
        """Whether it is one operation, or a block: yes."""
        return True

    @property
    def made_at(self) -> str | None:
        """The user's line that made the node."""
        return place(self._made_at)

    @property
    def op_name(self) -> str:
        """Name of the operation, as in CNTK 2.7."""
        return self._op_name

    @property
    def root_function(self) -> Node:
        """The node itself."""
        return self

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The output variables."""
        return self._outputs

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """The operands in the order of the Python call."""
        return tuple(self.operands)

    @property
    def stored_inputs(self) -> tuple[Variable, ...]:
        """The operands in the order of CNTK's files."""
        return self.inputs

    @property
    def arguments(self) -> tuple[Variable, ...]:
        """The operands that are not its parameters or constants: what a call replaces."""
        return tuple(dict.fromkeys(x for x in self.inputs if not (x.is_parameter or x.is_constant)))

    def _leaves(self, stored_order: bool) -> tuple[Variable, ...]:
        """A node's parameters and arguments are among its own inputs, not those upstream."""
        return self.stored_inputs if stored_order else self.inputs

    def take_specs(self, specs: list[Spec]) -> None:
        """Make the outputs, or bring existing ones up to date."""
        if not self._outputs:
            self._outputs = tuple(
                output_of(self, i, s.shape, s.dtype, s.axes, s.is_sparse, s.needs_gradient, name)
                for i, (s, name) in enumerate(zip(specs, self._output_names(len(specs))))
            )
            return
        for output, spec in zip(self._outputs, specs):
            output._shape, output._dtype, output._dynamic_axes = spec.shape, spec.dtype, spec.axes
            output._is_sparse, output._needs_gradient = spec.is_sparse, spec.needs_gradient

    def _output_names(self, count: int) -> list[str]:
        return [self._name] * count

    def _rename(self, name: str) -> None:
        self._name = name

    def substitute(self, mapping: dict[Variable, Variable]) -> bool:
        """Replace operands in place; return whether any was."""
        replaced = [mapping.get(operand, operand) for operand in self.operands]
        changed = any(new is not old for new, old in zip(replaced, self.operands))
        self.operands = replaced
        return changed


class PrimitiveFunction(Node):
    """An operator applied to operands.

    Args:
        operator: the declared operator.
        operands: operands in the order of the signature.
        attributes: the operator's other arguments by parameter name.
        name: name given by the user.
    """

    def __init__(self, operator, operands, attributes: dict, name: str) -> None:
        super().__init__(operands, operator.op_name, name)
        self.operator, self.arguments_by_name = operator, attributes

    def _output_names(self, count: int) -> list[str]:
        suffixes = self.operator.suffixes
        return (
            [self._name + s for s in suffixes] if self._name and suffixes else [self._name] * count
        )

    @property
    def stored_inputs(self) -> tuple[Variable, ...]:
        order = getattr(self.operator.stored, "operands", None)
        if order is None:
            return tuple(self.operands)
        by_name = dict(zip(self.operator.signature.operands, self.operands))
        return tuple(by_name[name] for name in order)

    @property
    def attributes(self) -> dict:
        """The attributes under CNTK's keys, as CNTK 2.7 shows them; a copy."""
        if self.operator is None or self.operator.stored is None:
            return {}
        entries = self.operator.stored.entries(self.arguments_by_name)
        return {attribute.key: shown(attribute, value) for attribute, value in entries}


class Combine(Node):
    """Several variables seen as the outputs of one Function."""

    def __init__(self, operands, name: str) -> None:
        super().__init__(operands, "Combine", name)

    @property
    def outputs(self) -> tuple[Variable, ...]:
        return tuple(self.operands)


class Block(Node):
    """A composite seen as one operation.

    Args:
        body: the composite inside.
        bindings: (placeholder inside, variable outside) pairs.
        op_name: name of the operation.
        name: name given by the user.
        operator: the composite operator that built it, or None.
        attributes: the operator's arguments by parameter name.
    """

    def __init__(self, body, bindings, op_name, name, operator=None, attributes=None) -> None:
        super().__init__([outer for _, outer in bindings], op_name, name, "Block")
        self.body = body
        self.placeholders_inside = [inner for inner, _ in bindings]
        self.operator, self.arguments_by_name = operator, attributes or {}
        self.is_settled = True  # whether what is known of the body goes by what it consists of
        inside = (n for n in nodes_in_order(body.outputs) if isinstance(n, Block))
        self.depth: int = 1 + max((node.depth for node in inside), default=0)

    def takes_in(self, inner: Variable, before: Variable, after: Variable) -> bool:
        """Whether what comes in the place of an operand goes inside, and is no operand any more.

        As in CNTK 2.7, a parameter or constant does that takes the place of data; one that the
        block was made with stays an operand.

        Args:
            inner: the placeholder that the operand is bound to.
            before: the operand.
            after: what comes in its place.
        """
        was_stored, is_stored = (v.is_parameter or v.is_constant for v in (before, after))
        is_part = self.operator is None and inner not in self.body.outputs
        return is_stored and not was_stored and is_part

    def substitute(self, mapping: dict[Variable, Variable]) -> bool:
        before = self.operands
        changed = super().substitute(mapping)
        bindings = [*zip(self.placeholders_inside, before, self.operands)]
        inside = {inner: new for inner, old, new in bindings if self.takes_in(inner, old, new)}
        if inside:
            left = [(inner, new) for inner, _, new in bindings if inner not in inside]
            self.placeholders_inside = [inner for inner, _ in left]
            self.operands = [outer for _, outer in left]
            for node in nodes_in_order(self.body.outputs):
                node.substitute(inside)
            self.is_settled = False
        for inner, old, new in bindings:
            inner._name = inner._name if old is new else new.name
        return changed

    @property
    def is_block(self) -> bool:
        """Whether it shows a composite inside as one operation: yes."""
        return True

    @property
    def block_root(self) -> Function:
        """The root of what is inside."""
        return self.body.root_function

    @property
    def block_arguments_mapping(self) -> tuple[tuple[Variable, Variable], ...]:
        """(placeholder inside, variable outside) pairs."""
        return tuple(zip(self.placeholders_inside, self.operands))

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """Parameters and constants inside, then the operands."""
        found = self.stored_inputs
        return found[::-1] if self.operator and self.operator.stored.swapped else found

    @property
    def stored_inputs(self) -> tuple[Variable, ...]:
        return (*self.body.parameters_and_constants(), *self.operands)

    attributes = PrimitiveFunction.attributes


class CompositeFunction(Function):
    """A graph seen from its root.

    Args:
        root: the node whose outputs it has.
        name: name of the composite; default: the root's.
    """

    def __init__(self, root: Node, name: str | None = None) -> None:
        self._root, self._own_name = root, name
        self._uid = next_uid("CompositeFunction")

    @property
    def is_composite(self) -> bool:
        """Whether it is a whole graph seen from its root: yes."""
        return True

    @property
    def root_function(self) -> Node:
        """The node at the root."""
        return self._root

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The outputs of the root."""
        return self._root.outputs

    @property
    def op_name(self) -> str:
        """Always ``CompositeFunctionOpName``; the operation is ``root_function.op_name``."""
        return "CompositeFunctionOpName"

    @property
    def attributes(self) -> dict:
        """Always empty; the attributes are those of ``root_function``."""
        return {}

    @property
    def _name(self) -> str:
        return self._root._name if self._own_name is None else self._own_name

    def _rename(self, name: str) -> None:
        self._own_name = name
