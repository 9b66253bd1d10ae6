"""Graphs as tables: one line per function and variable, with types."""

from __future__ import annotations

from collections.abc import Iterator

from cntk.axis import BATCH_AXIS
from cntk.graph.function import Function
from cntk.graph.traverse import depth_first_search
from cntk.variables import Variable


def dump_signature(root: Function, tag: str | None = None) -> None:
    """Print what a Function takes and returns.

    Args:
        root: the Function.
        tag: what to print in front.

    >>> dump_signature(C.relu(C.input_variable(2, name='x'), name='y'))
    y: ReLU(x: Tensor[2]) -> Tensor[2]
    """
    print(f"{tag}: {root}" if tag else str(root))


def dump_function(root: Function, tag: str | None = None) -> None:
    """Print a Function's signature and everything that it consists of, blocks included.

    A line has the operation, its name, and the operands and outputs with their dynamic axes (``b*``
    the batch, ``n*``, ``m*``, ... sequences) and static shapes. What has no name gets a letter.

    Args:
        root: the Function.
        tag: what to print in front.

    >>> dump_function(C.relu(C.input_variable(2, name='x'), name='y'))
    y: ReLU(x: Tensor[2]) -> Tensor[2]
      ReLU                 y                              (x:[b*](2,)) -> (y:[b*](2,))
      Input                x Input...                      [b*](2,)
    """
    dump_signature(root, tag)
    print("\n".join(_Table(root).lines()))


class _Table:
    """The lines of one dump, and the letters given so far.

    Args:
        root: the Function.
    """

    def __init__(self, root: Function) -> None:
        self._items = depth_first_search(root, lambda item: True, -1)
        self._letters: dict[str, str] = {}
        self._axes: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        body = [self._line(item) for item in self._items]
        for name, letter in self._axes.items():
            yield f"  Axis {name} == {letter}*"
        yield from body

    def _line(self, item) -> str:
        if isinstance(item, Variable):
            label = self._label(item)
            uid = f" {item.uid}" if item.is_input else ""
            return f"  {item.kind.name:<20} {label + uid:<31} {self._type(item)}"
        label = self._label(item)
        outputs = ", ".join(map(self._typed, item.outputs))
        inputs = ", ".join(map(self._typed, item.inputs))
        return f"  {item.op_name:<20} {label:<30} ({inputs}) -> ({outputs})"

    def _typed(self, variable: Variable) -> str:
        return f"{self._label(variable)}:{self._type(variable)}"

    def _label(self, item) -> str:
        if item.name:
            return item.name
        if item.uid not in self._letters:
            self._letters[item.uid] = _letters(len(self._letters))
        return self._letters[item.uid]

    def _type(self, variable: Variable) -> str:
        axes = [self._axis(axis) for axis in variable.dynamic_axes]
        return (f"[{','.join(axes)}]" if axes else "") + str(variable.shape)

    def _axis(self, axis) -> str:
        if axis == BATCH_AXIS:
            return "b*"
        known = self._axes.setdefault(axis.name, _SEQUENCES[len(self._axes) % len(_SEQUENCES)])
        return f"{known}*"


_SEQUENCES = "nmopqrstuvwxyz"


def _letters(number: int) -> str:
    """Return a, b, ..., z, ba, bb, ...: numbers in base 26."""
    text = ""
    while True:
        number, digit = divmod(number, 26)
        text = chr(ord("a") + digit) + text
        if number == 0:
            return text
