"""Debug nodes: user functions that hand on what they get, and are put behind each function."""

from __future__ import annotations

from cntk.debugging.session import DebugSession
from cntk.graph.clone import Cloner
from cntk.graph.function import CloneMethod, Function
from cntk.graph.nodes import Combine, Node
from cntk.graph.traverse import nodes_in_order
from cntk.graph.user_function import UserFunction, user_function
from cntk.variables import Variable, VariableKind


class DebugNode(UserFunction):
    """Hands on a value, and its gradient, after the user has seen them.

    Args:
        variable: the value.
        shown: the function or variable that the user is shown.
        session: the conversation with the user.
    """

    def __init__(self, variable: Variable, shown, session: DebugSession) -> None:
        super().__init__([variable])
        self._shown, self._session = shown, session

    def infer_outputs(self) -> list[Variable]:
        """Return one output, like the input."""
        like = self.inputs[0]
        return [
            Variable(
                like.shape, like.dtype, like.needs_gradient, False, like.dynamic_axes,
                kind=VariableKind.Output,
            )
        ]  # fmt: skip

    def forward(self, argument, device=None, outputs_to_retain=None):
        """Return no state, and the argument."""
        self._session.meet("forward", self._shown, argument)
        return None, argument

    def backward(self, state, root_gradients):
        """Return the gradients."""
        self._session.meet("backward", self._shown, root_gradients)
        return root_gradients

    def clone(self, cloned_inputs):
        """Return the same stop behind another value."""
        return user_function(DebugNode(cloned_inputs[0], self._shown, self._session))


def with_debug_nodes(model: Function, session: DebugSession) -> Function:
    """Return a copy of a model with a debug node behind each input and function.

    Args:
        model: the model; its parameters are shared.
        session: the conversation with the user.
    """
    return _Inserter(session, _in_recurrences(model)).composite(model)


class _Inserter(Cloner):
    """Copies a graph, and puts debug nodes in.

    Args:
        session: the conversation with the user.
        left_alone: ids of the nodes that get none.
    """

    def __init__(self, session: DebugSession, left_alone: set[int]) -> None:
        super().__init__(CloneMethod.share, {}, keep_leaves=True)
        self._session, self._left_alone = session, left_alone

    def _copy_node(self, node: Node) -> list[tuple]:
        later = super()._copy_node(node)
        if id(node) not in self._left_alone and not isinstance(node, Combine):
            for output in node.outputs:
                copy = self.mapping[output]
                self.mapping[output] = self._stop_behind(copy, copy.owner)
        return later

    def leaf(self, variable: Variable) -> Variable:
        """Return an input behind its debug node; parameters and constants stay as they are."""
        known = variable in self.mapping
        copy = super().leaf(variable)
        if not known and copy.is_input:
            copy = self.mapping[variable] = self._stop_behind(copy, copy)
        return copy

    def _stop_behind(self, variable: Variable, shown) -> Variable:
        if variable.is_sparse:
            return variable
        return user_function(DebugNode(variable, shown, self._session)).output


def _in_recurrences(model: Function) -> set[int]:
    """Return the ids of the nodes that depend on themselves."""
    nodes = nodes_in_order(model.outputs)
    return {id(node) for node in nodes if _depends_on_itself(node)}


def _depends_on_itself(node: Node) -> bool:
    seen: set[int] = set()
    pending = [node]
    while pending:
        for operand in pending.pop().inputs:
            owner = operand._owner
            if owner is node:
                return True
            if owner is not None and id(owner) not in seen:
                seen.add(id(owner))
                pending.append(owner)
    return False
