"""Graphs without blocks: primitive nodes in dependency order, recurrences as groups.

Operands are *resolved*: the output of a block is that of the node inside, a placeholder inside a
block is the variable that it is bound to.
"""

from __future__ import annotations

from collections.abc import Iterable

from cntk.graph.nodes import Block
from cntk.variables import Variable


class FlatGraph:
    """The primitive nodes that roots depend on.

    Args:
        roots: variables.

    ``groups`` lists the nodes, operands first; a group of several nodes, or of one that uses its
    own output, is a recurrence.
    """

    def __init__(self, roots: Iterable[Variable]) -> None:
        self._bound: dict[Variable, Variable] = {}
        self._entered: set[int] = set()
        self.groups: list[list] = []
        self._search([self.resolve(root) for root in roots])

    def resolve(self, variable: Variable) -> Variable:
        """Return the variable behind block outputs and bound placeholders."""
        while True:
            owner = variable._owner
            if isinstance(owner, Block):
                self._enter(owner)
                variable = owner.body.outputs[variable.position]
            elif variable in self._bound:
                variable = self._bound[variable]
            else:
                return variable

    def _enter(self, block: Block) -> None:
        if id(block) not in self._entered:
            self._entered.add(id(block))
            self._bound.update(zip(block.placeholders_inside, block.operands))

    def operands(self, node) -> list[Variable]:
        """Return a node's operands, resolved."""
        return [self.resolve(operand) for operand in node.operands]

    def _search(self, roots: list[Variable]) -> None:
        """Find strongly connected components (Tarjan, 1972), without recursion."""
        number: dict[int, int] = {}
        low: dict[int, int] = {}
        pending: list = []
        waiting: set[int] = set()
        for root in roots:
            if root._owner is None or id(root._owner) in number:
                continue
            stack = [self._visit(root._owner, number, low, pending, waiting)]
            while stack:
                node, below = stack[-1]
                for other in below:
                    if id(other) not in number:
                        stack.append(self._visit(other, number, low, pending, waiting))
                        break
                    if id(other) in waiting:
                        low[id(node)] = min(low[id(node)], number[id(other)])
                else:
                    stack.pop()
                    if stack:
                        above = id(stack[-1][0])
                        low[above] = min(low[above], low[id(node)])
                    if low[id(node)] == number[id(node)]:
                        self.groups.append(self._close(node, pending, waiting))

    def _visit(self, node, number, low, pending, waiting):
        number[id(node)] = low[id(node)] = len(number)
        pending.append(node)
        waiting.add(id(node))
        return node, iter(self._owners(node))

    def _owners(self, node) -> list:
        return [x._owner for x in self.operands(node) if x._owner is not None]

    @staticmethod
    def _close(node, pending, waiting) -> list:
        group = []
        while True:
            member = pending.pop()
            waiting.discard(id(member))
            group.append(member)
            if member is node:
                return group[::-1]

    def is_recurrent(self, group: list) -> bool:
        """Whether a group is a recurrence."""
        if len(group) > 1:
            return True
        node = group[0]
        return any(operand._owner is node for operand in self.operands(node))
