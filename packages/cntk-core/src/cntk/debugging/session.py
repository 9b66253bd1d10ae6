"""The conversation of the debugger: where it stops, and what the user types there."""

from __future__ import annotations

import pdb
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

from cntk.graph.function import Function
from cntk.variables import Variable

_HELP = """\
    Commands:
        n - execute the next node
        n <number> - execute the next <number> nodes

        u f - execute until forward pass (like 'n' when already in forward pass)
        u b - execute until backward pass (like 'n' when already in backward pass)
        u name - execute until a node with that name is hit
        u <lambda> - execute until the lambda expression is True. Examples:
                     Until a Times node is hit:
                         lambda arg, node: node.op_name == 'Times'
                     Until a node is hit that has 3 dimensions:
                         lambda arg, node: len(node.shape) == 3
                     Until the variance of the input exceeds 1 (np = numpy):
                         lambda arg, node: np.var(arg) > 1

        c - execute until end
        p - print input (forward) or root gradients (backward)
        d - drop into a pdb shell
        q - quit
"""

Stop = Callable[[Any, Any, str], bool]


class DebugSession:
    """What the debug nodes of one model share.

    Args:
        in_stream: where commands come from.
        out_stream: where prompts and values go.
        exit_func: what ``q`` calls.
    """

    def __init__(self, in_stream: TextIO, out_stream: TextIO, exit_func: Callable) -> None:
        self._in, self._out, self._exit = in_stream, out_stream, exit_func
        self._pass = ""
        self._stops: Stop = _always

    def meet(self, word: str, shown: Function | Variable, data: Any) -> None:
        """Stop at a node, if the last command wants it, until a command says to go on.

        Args:
            word: ``forward`` or ``backward``.
            shown: the function or variable.
            data: its values, or the gradients at them.
        """
        if word != self._pass:
            self._pass = word
            self._out.write(f"\n{f'{word:^10}':=^80}\n")
        self._out.write(f"\n{shown} with uid '{shown.uid}'\n")
        goes_on = not self._stops(data, shown, word)
        while not goes_on:
            goes_on = self._command(word, shown, data)

    def _command(self, word: str, shown, data) -> bool:
        """Do what the user types; return whether to go on."""
        self._out.write(f"[CNTK {word}] >>> ")
        self._out.flush()
        line = self._in.readline()
        command, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if not line or command == "c":
            self._stops = _never
        elif command == "n" and (not rest or rest.isdecimal()):
            self._stops = _after(int(rest or 1))
        elif command == "u" and rest:
            stops = _until(rest)
            if stops is None:
                self._out.write(_HELP)
                return False
            self._stops = stops
        elif command == "p":
            self._print(word, data)
            return False
        elif command == "d":
            pdb.set_trace()
            return False
        elif command == "q":
            self._stops = _never
            self._exit(0)
        else:
            self._out.write(_HELP)
            return False
        return True

    def _print(self, word: str, data) -> None:
        title = "Input" if word == "forward" else "Root gradients"
        if isinstance(data, list):
            self._out.write(f"{title} of {len(data)} sequences:\n")
            self._out.writelines(f"{rows}\n" for rows in data)
        else:
            self._out.write(f"{title} with shape {data.shape}: \n{data}\n")


def _always(data, shown, word: str) -> bool:
    return True


def _never(data, shown, word: str) -> bool:
    return False


def _after(count: int) -> Stop:
    """Return what stops at the ``count``-th node from now on."""
    left = count

    def stops(data, shown, word: str) -> bool:
        nonlocal left
        left -= 1
        return left <= 0

    return stops


def _until(text: str) -> Stop | None:
    """Return what stops at a pass, at a name or where an expression holds; None for another text.

    The expression is the user's own, typed into the user's own process.
    """
    if text in ("f", "b"):
        wanted = "forward" if text == "f" else "backward"
        return lambda data, shown, word: word == wanted
    if not text.startswith("lambda"):
        return (lambda data, shown, word: shown.name == text) if text.isidentifier() else None
    try:
        condition = eval(text, {"np": np})
    except SyntaxError:
        return None
    return lambda data, shown, word: bool(condition(data, shown))
