"""Looking into graphs: visiting their nodes, finding some, showing all as text or picture."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from cntk.errors import ArgumentError
from cntk.graph import traverse
from cntk.graph.function import Function
from cntk.logging import picture
from cntk.variables import Variable


def depth_first_search(root: Function, visitor: Callable[..., bool], depth: int = 0) -> list:
    """Return the functions and variables of a graph for which ``visitor`` is true.

    The root comes first, each function before its operands; what lies inside a block that is
    entered comes last.

    Args:
        root: where to start.
        visitor: function of a function or variable.
        depth: how many levels of blocks to enter; -1 enters all.

    Raises:
        TypeError: ``root`` belongs to no graph.

    >>> x = C.input_variable(2, name='x')
    >>> [node.name for node in depth_first_search(C.relu(x + 1, name='y'), lambda node: node.name)]
    ['y', 'x']
    """
    return traverse.depth_first_search(_checked(root), visitor, depth)


def find_all_with_name(node: Function, node_name: str, depth: int = 0) -> list:
    """Return the functions and variables that have a name.

    Args:
        node: where to start.
        node_name: the name.
        depth: how many levels of blocks to enter; -1 enters all.

    Raises:
        ValueError: the name is no string.

    >>> x = C.input_variable(2, name='x')
    >>> find_all_with_name(C.relu(x), 'x') == [x]
    True
    """
    if not isinstance(node_name, str):
        raise ArgumentError(f"node name has to be a string. You gave a {type(node_name)}")
    return traverse.find_all_with_name(_checked(node), node_name, depth)


def find_by_name(node: Function, node_name: str, depth: int = 0) -> Function | Variable | None:
    """Return the only function or variable that has a name; None if there is none.

    Args:
        node: where to start.
        node_name: the name.
        depth: how many levels of blocks to enter; -1 enters all.

    Raises:
        ValueError: several have it, or the name is no string.

    >>> x = C.input_variable(2)
    >>> find_by_name(C.relu(C.tanh(x, name='inner')), 'inner').op_name
    'Tanh'
    """
    found = find_all_with_name(node, node_name, depth)
    if len(found) > 1:
        raise traverse.ambiguous(node_name, found)
    return found[0] if found else None


def find_by_uid(node: Function, node_uid: str, depth: int = 0) -> Function | Variable | None:
    """Return the function or variable that has a uid; None if there is none.

    Args:
        node: where to start.
        node_uid: the uid; that of a function, not of its output.
        depth: how many levels of blocks to enter; -1 enters all.

    Raises:
        ValueError: the uid is no string.

    >>> x = C.input_variable(2)
    >>> find_by_uid(C.relu(x), x.uid) == x
    True
    """
    if not isinstance(node_uid, str):
        raise ArgumentError(f"node_uid must be a string. You gave a {type(node_uid)}")
    found = depth_first_search(node, lambda item: item.uid == node_uid, depth)
    return found[0] if found else None


def get_node_outputs(node: Function, depth: int = 0) -> list[Variable]:
    """Return the outputs of all functions of a graph, those of the root first.

    Args:
        node: where to start.
        depth: how many levels of blocks to enter; -1 enters all.

    >>> x = C.input_variable(2)
    >>> len(get_node_outputs(C.relu(C.tanh(x))))
    2
    """
    functions = depth_first_search(node, lambda item: not isinstance(item, Variable), depth)
    return [output for function in functions for output in function.outputs]


def plot(root: Function, filename: str | PathLike | None = None) -> str:
    """Return a text with one line per function of a graph, and write it or a picture of it.

    Args:
        root: the graph; blocks are shown as one function.
        filename: where to write; its ending says what: ``.svg`` a picture, ``.txt`` the text,
            ``.dot`` the picture in the language of Graphviz; ``.pdf`` or ``.png`` a picture that
            the program ``dot`` of Graphviz draws, or else the package cairosvg.

    Raises:
        ValueError: the ending is another one.
        ImportError: a ``.pdf`` or ``.png`` is asked for, and neither of them is installed.

    >>> x = C.input_variable(2)
    >>> y = C.relu(x)
    >>> plot(y) == f"ReLU({x.uid}) -> {y.output.uid};\\n"
    True
    """
    functions = _functions(root)
    lines = [
        f"{function.op_name}({', '.join(x.uid for x in _shown(function))}) -> {output.uid};\n"
        for function in functions
        for output in function.outputs
    ]
    text = "\n".join(reversed(lines))
    if filename is not None:
        picture.write_picture(functions, text, filename)
    return text


def _shown(function) -> list[Variable]:
    """Return the inputs of a function; of a block, as in CNTK 2.7, without its constants."""
    return [x for x in function.inputs if not (function.is_block and x.is_constant)]


def notebook_picture(root: Function) -> str | None:
    """Return the picture of a graph for a notebook as SVG; None if it is too large to be read.

    Args:
        root: the graph; blocks are shown as one function.
    """
    return picture.notebook_picture(_functions(root))


def _functions(root: Function) -> list:
    return depth_first_search(root, lambda item: not isinstance(item, Variable))


def _checked(root: object) -> Function:
    if not isinstance(root, Function):
        raise TypeError(f"a Function is expected, not {type(root).__name__} {root!r:.60}")
    return root
