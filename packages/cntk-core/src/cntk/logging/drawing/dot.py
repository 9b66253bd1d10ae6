"""Pictures in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from cntk.logging.drawing.diagram import Diagram

_SHAPES = {"function": "box", "block": "box3d", "input": "ellipse", "stored": "note"}


def dot_text(diagram: Diagram) -> str:
    """Return a picture in the language of Graphviz, whose program ``dot`` draws it.

    Args:
        diagram: the picture.
    """
    return "\n".join(["digraph model {", "  rankdir=TB;", *_statements(diagram), "}", ""])


def _statements(diagram: Diagram) -> Iterator[str]:
    for box in diagram.boxes:
        label, shape = _quoted("\n".join(box.lines)), _SHAPES[box.kind]
        yield f"  {_quoted(box.key)} [shape={shape}, label={label}, tooltip={_quoted(box.whole)}];"
    for start, end in diagram.arrows:
        yield f"  {_quoted(diagram.boxes[start].key)} -> {_quoted(diagram.boxes[end].key)};"


def _quoted(text: str) -> str:
    """Return a string of that language; a user's name may hold anything."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped.replace(chr(0), "")}"'
