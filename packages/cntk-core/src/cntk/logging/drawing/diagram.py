"""What a picture of a graph shows: boxes with lines of text, and arrows between them.

A parameter or constant that one function uses is a line in the box of that function, as readers of
large networks want it; one that several functions share has a box of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cntk.graph.function import Function
from cntk.shape import shape_text
from cntk.variables import Variable, axes_text

LONGEST = 40  # signs of a line; the whole text is in the tooltip


@dataclass(frozen=True)
class Box:
    """A function or variable.

    Args:
        key: tells it from the others.
        kind: ``function``, ``block``, ``input`` or ``stored``.
        lines: what stands in it; the first is the title.
        whole: all that is known of it, for a tooltip.
    """

    key: str
    kind: str
    lines: tuple[str, ...]
    whole: str


@dataclass
class Diagram:
    """A picture before it is drawn.

    Args:
        boxes: what is shown.
        arrows: pairs of numbers of boxes, each once.
    """

    boxes: list[Box] = field(default_factory=list)
    arrows: list[tuple[int, int]] = field(default_factory=list)


def diagram_of(functions: Sequence[Function]) -> Diagram:
    """Return the picture of a graph.

    Args:
        functions: its functions, from the root on.
    """
    users = Counter(x for function in functions for x in dict.fromkeys(function.inputs))
    boxes: dict[str, Box] = {}
    arrows: dict[tuple[str, str], None] = {}
    for function in reversed(functions):  # operands first
        listed = []
        for operand in dict.fromkeys(function.inputs):
            if operand.is_output:
                arrows.setdefault((operand.owner.uid, function.uid))
            elif _is_stored(operand) and users[operand] == 1:
                listed.append(operand)
            else:
                boxes.setdefault(operand.uid, _box_of_variable(operand))
                arrows.setdefault((operand.uid, function.uid))
        boxes[function.uid] = _box_of_function(function, listed)
    number = {key: i for i, key in enumerate(boxes)}
    known = [(number[a], number[b]) for a, b in arrows if a in number and b in number]
    return Diagram(list(boxes.values()), known)


def _is_stored(variable: Variable) -> bool:
    return variable.is_parameter or variable.is_constant


def _box_of_variable(variable: Variable) -> Box:
    kind = "stored" if _is_stored(variable) else "input"
    lines = (variable.name or variable.uid, _type_text(variable))
    return Box(variable.uid, kind, tuple(map(short, lines)), str(variable))


def _box_of_function(function: Function, stored: Sequence[Variable]) -> Box:
    lines = [function.op_name, *([function.name] if function.name else [])]
    lines += [f"{x.name or x.uid} {shape_text(x.shape)}" for x in stored]
    lines += [f"→ {_type_text(output)}" for output in function.outputs]
    kind = "block" if function.is_block else "function"
    whole = "\n".join([f"{function.uid}: {function}", *map(str, stored)])
    return Box(function.uid, kind, tuple(map(short, lines)), whole)


def _type_text(variable: Variable) -> str:
    return f"{axes_text(variable.dynamic_axes)} {shape_text(variable.shape)}"


def short(text: str) -> str:
    """Return a text as one line of at most ``LONGEST`` signs."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
