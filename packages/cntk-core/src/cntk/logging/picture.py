"""Graphs in files: their text, a picture, or the picture in the language of Graphviz."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from cntk.errors import ArgumentError, ExecutionError
from cntk.graph.function import Function
from cntk.logging.drawing import Diagram, diagram_of, dot_text, svg_text

MOST_IN_NOTEBOOK = 200  # boxes of a picture that a notebook shows of itself


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
        _write(path, text)
    elif ending == ".dot":
        _write(path, dot_text(diagram_of(functions)))
    elif ending == ".svg":
        _write(path, svg_text(diagram_of(functions)))
    elif ending in (".pdf", ".png"):
        _draw(diagram_of(functions), ending[1:], path)
    else:
        raise ArgumentError(
            'only file extensions ".svg", ".pdf", ".png", ".dot" and ".txt" are supported, '
            f"not '{path.name}'"
        )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="backslashreplace")  # half a sign in a name


def notebook_picture(functions: Sequence[Function]) -> str | None:
    """Return the picture of a graph for a notebook; None if it is too large to be read there.

    Args:
        functions: the functions of the graph.
    """
    if len(functions) > MOST_IN_NOTEBOOK:
        return None
    diagram = diagram_of(functions)
    return svg_text(diagram) if len(diagram.boxes) <= MOST_IN_NOTEBOOK else None


def _draw(diagram: Diagram, kind: str, path: Path) -> None:
    """Write a picture of points or a page, which takes a program or package of others."""
    program = shutil.which("dot")
    if program is not None:
        _draw_by_graphviz(program, dot_text(diagram), kind, path)
    elif importlib.util.find_spec("cairosvg") is not None:
        draw = getattr(importlib.import_module("cairosvg"), f"svg2{kind}")
        draw(bytestring=svg_text(diagram).encode(), write_to=os.fspath(path))
    else:
        raise ImportError(
            f"writing '{path.name}' needs Graphviz, whose program 'dot' is not on the PATH, or the "
            "package cairosvg, which is not installed.\n"
            f"  try: plot(f, '{path.stem}.svg'), which needs neither; install graphviz; or "
            "pip install cairosvg"
        )


def _draw_by_graphviz(program: str, text: str, kind: str, path: Path) -> None:
    command = [program, f"-T{kind}", "-o", os.fspath(path)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8",
                          errors="backslashreplace")  # fmt: skip
    if done.returncode:
        raise ExecutionError(f"Graphviz could not write '{path}': {done.stderr.strip()}")
