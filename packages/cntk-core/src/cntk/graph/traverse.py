"""Walking graphs: dependency order, leaves, searches."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cntk.variables import Variable


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

    Args:
        root: Function or variable.
        visitor: function of a node or variable.
        depth: how many levels of blocks to enter; -1 enters all.
    """
    found: list = []
    seen: set[int] = set()
    stack: list[tuple[object, int]] = [(_start(root), depth)]
    while stack:
        item, level = stack.pop()
        if isinstance(item, Variable) and item.is_output:
            item = item.owner
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Variable):
            if visitor(item):
                found.append(item)
            continue
        below: list[object] = list(item.inputs)
        if item.is_block and level != 0:
            bound = set(item.placeholders_inside)
            inside = [(o, level - 1) for o in item.body.outputs]
            seen.update(id(p) for p in bound)
            stack.extend((operand, level) for operand in reversed(item.operands))
            stack.extend(reversed(inside))
        else:
            stack.extend((operand, level) for operand in reversed(below))
        if visitor(item):
            found.append(item)
    return found


def _start(root):
    return root.root_function if hasattr(root, "root_function") else root


def find_all_with_name(root, name: str, depth: int = 0) -> list:
    """Return all nodes and variables with a name."""
    return depth_first_search(root, lambda item: item.name == name, depth)
