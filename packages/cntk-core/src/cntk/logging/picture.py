"""Graphs in the language of Graphviz, and pictures that its program ``dot`` draws of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path

from cntk.errors import ArgumentError, ExecutionError
from cntk.graph.function import Function
from cntk.shape import shape_text
from cntk.variables import Variable

_PICTURES = (".pdf", ".png", ".svg")


def write_picture(functions: Sequence[Function], text: str, filename: str | PathLike) -> None:
    """Write a graph to a file; see :func:`cntk.logging.graph.plot`.

    Args:
        functions: the functions of the graph.
        text: what a ``.txt`` file shall hold.
        filename: where to write.
    """
    path = Path(os.fspath(filename))
    ending = path.suffix.lower()
    if ending == ".txt":
        path.write_text(text, encoding="utf-8")
    elif ending == ".dot":
        path.write_text(dot_text(functions), encoding="utf-8")
    elif ending in _PICTURES:
        _draw(dot_text(functions), ending[1:], path)
    else:
        raise ArgumentError(
            'only file extensions ".svg", ".pdf", ".png", ".dot" and ".txt" are supported, '
            f"not '{path.name}'"
        )


def dot_text(functions: Sequence[Function]) -> str:
    """Return a graph in the language of Graphviz: boxes for functions, ovals for variables.

    Args:
        functions: the functions of the graph.
    """
    return "\n".join(["digraph model {", "  rankdir=LR;", *_statements(functions), "}", ""])


def _statements(functions: Sequence[Function]) -> Iterator[str]:
    leaves: dict[Variable, None] = {}
    for function in functions:
        label = f"{function.op_name}\n{function.name}" if function.name else function.op_name
        yield f"  {_quoted(function.uid)} [shape=box, label={_quoted(label)}];"
        for operand in function.inputs:
            if operand.is_output:
                start, shape = operand.owner.uid, shape_text(operand.shape)
            else:
                start, shape = operand.uid, ""
                leaves.setdefault(operand)
            yield f"  {_quoted(start)} -> {_quoted(function.uid)} [label={_quoted(shape)}];"
    for leaf in leaves:
        yield f"  {_quoted(leaf.uid)} [label={_quoted(str(leaf))}];"


def _quoted(text: str) -> str:
    """Return a string of that language; a user's name may hold anything."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _draw(text: str, kind: str, path: Path) -> None:
    program = shutil.which("dot")
    if program is None:
        raise ImportError(
            f"writing '{path.name}' needs Graphviz: its program 'dot' is not on the PATH.\n"
            "  try: install graphviz, or write a .dot file and draw it elsewhere"
        )
    command = [program, f"-T{kind}", "-o", os.fspath(path)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise ExecutionError(f"Graphviz could not write '{path}': {done.stderr.strip()}")
