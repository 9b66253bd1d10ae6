"""Walking graphs: dependency order, leaves, searches."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cntk.errors import ArgumentError
from cntk.variables import Variable

if TYPE_CHECKING:
    from cntk.graph.nodes import Node


def nodes_in_order(roots: Iterable[Variable]) -> list:
    """Return the nodes that roots depend on, operands first; blocks are not entered.

    Cycles (recurrences) are cut where a node is met that is being visited.
    """
    done: set[int] = set()
    order: list = []
    for root in roots:
        if root.is_output:
            _visit(root.owner, done, order)
    return order


def _visit(start, done: set[int], order: list) -> None:
    if id(start) in done:
        return
    done.add(id(start))
    stack = [(start, iter(start.inputs))]
    while stack:
        node, operands = stack[-1]
        for operand in operands:
            if operand._owner is not None and id(operand._owner) not in done:
                done.add(id(operand._owner))
                stack.append((operand._owner, iter(operand._owner.inputs)))
                break
        else:
            order.append(node)
            stack.pop()


def leaves(roots: Iterable[Variable], stored_order: bool = False) -> list[Variable]:
    """Return the variables without owner that roots depend on, as CNTK 2.7 lists them.

    Args:
        roots: where the walk starts; each node's operands are taken one after the other.
        stored_order: take operands in the order of files, which lists the weights of a product
            first; parameters and constants are listed so.
    """
    found: dict[Variable, None] = {}
    seen: set[int] = set()
    stack: list[Variable] = list(reversed(list(roots)))
    while stack:
        variable = stack.pop()
        owner = variable._owner
        if owner is None:
            found.setdefault(variable)
        elif id(owner) not in seen:
            seen.add(id(owner))
            stack.extend(reversed(owner.stored_inputs if stored_order else owner.inputs))
    return list(found)


def depth_first_search(root, visitor: Callable, depth: int = 0) -> list:
    """Return the nodes and leaves for which ``visitor`` is true, from the root on.

    A node is followed by its operands; those of a block that is entered, and what lies inside it,
    come after everything that is known by then, as in CNTK 2.7.

    Args:
        root: Function or variable.
        visitor: function of a node or variable.
        depth: how many levels of blocks to enter; -1 enters all.
    """
    from cntk.graph.nodes import Block

    found: list = []
    seen: set[int] = set()
    pending: deque[tuple[Variable | Node, int]] = deque([(_start(root), depth)])
    while pending:
        item, level = pending.popleft()
        if isinstance(item, Variable) and item.is_output:
            item = item.owner
        if id(item) in seen:
            continue
        seen.add(id(item))
        if visitor(item):
            found.append(item)
        if isinstance(item, Variable):
            continue
        if isinstance(item, Block) and level != 0:
            seen.update(id(placeholder) for placeholder in item.placeholders_inside)
            pending.extend((operand, level - 1) for operand in item.operands)
            pending.append((item.body.root_function, level - 1))
        else:
            pending.extendleft((operand, level) for operand in reversed(item.inputs))
    return found


def _start(root):
    return root.root_function if hasattr(root, "root_function") else root


def ambiguous(name: str, found: list) -> ArgumentError:
    """Return the error for a name that should be that of one part, and is that of several."""
    shown = "\n".join(f"  {item!r:.100}" for item in found[:5])
    more = f"\n  and {len(found) - 5} more" if len(found) > 5 else ""
    return ArgumentError(
        f'found multiple functions matching "{name}". If that was expected call '
        f"find_all_with_name; found:\n{shown}{more}\n"
        "  try: the part of one layer, such as model.h1.W"
    )


def find_all_with_name(root, name: str, depth: int = 0) -> list:
    """Return all nodes and variables with a name."""
    return depth_first_search(root, lambda item: item.name == name, depth)
