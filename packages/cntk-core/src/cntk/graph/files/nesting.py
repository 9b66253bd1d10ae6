"""Blocks in blocks: a file may nest them, but not in circles, too deep, or exponentially."""

from __future__ import annotations

from cntk.graph.build import DEEPEST
from cntk.graph.nodes import Block, Node
from cntk.storage import ModelFileError

# Opening all blocks gives at most this many functions for each function of the file.
LARGEST_GROWTH = 1000


class Nesting:
    """What is known of the blocks of one model; inner ones are added before outer ones.

    Args:
        num_functions: the number of all functions of the model.
    """

    def __init__(self, num_functions: int) -> None:
        self._room = self._largest = LARGEST_GROWTH * (num_functions + 1)
        self._measured: dict[int, tuple[int, int]] = {}

    def add(self, block: Block) -> None:
        """Measure a block.

        Raises:
            ModelFileError: it contains itself, is nested too deep, or opens to too much.
        """
        nodes = _inside(block)
        self._room -= len(nodes)
        size, depth = len(nodes), 1
        for node in nodes:
            if isinstance(node, Block):
                if id(node) not in self._measured:
                    raise ModelFileError(f"block '{block.uid}' contains itself or what uses it")
                inner_size, inner_depth = self._measured[id(node)]
                size, depth = size + inner_size, max(depth, inner_depth + 1)
        if depth > DEEPEST:
            raise ModelFileError(f"blocks are nested more than {DEEPEST} deep")
        if size > self._largest or self._room < 0:
            raise ModelFileError("the blocks of the model are too large when they are opened")
        self._measured[id(block)] = size, depth


def _inside(block: Block) -> list[Node]:
    """Return the functions in a block, without those in blocks inside."""
    found: dict[int, Node] = {}
    stack = [output.owner for output in block.body.outputs if output.is_output]
    while stack:
        node = stack.pop()
        if id(node) not in found:
            found[id(node)] = node
            stack.extend(operand.owner for operand in node.operands if operand.is_output)
    return list(found.values())
