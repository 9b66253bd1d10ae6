"""Signatures as contracts: binding a call, and calling a rule by the names it asks for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Protocol


class Signature:
    """The parameters of an operator: operands (annotated ``Operand``) and attributes.

    Args:
        function: the public function; a parameter ``*operands: Operand`` takes any number.
    """

    def __init__(self, function: Callable) -> None:
        self.word = function.__name__
        self.names: list[str] = []
        self.operands: list[str] = []
        self.optional: set[str] = set()
        self.variadic: str | None = None
        self.defaults: dict[str, object] = {}
        for name, parameter in inspect.signature(function).parameters.items():
            is_operand = str(parameter.annotation).split(" ")[0] in ("Operand", "Operand|None")
            if parameter.kind is parameter.VAR_POSITIONAL:
                self.variadic = name
                continue
            self.names.append(name)
            if is_operand:
                self.operands.append(name)
                if "None" in str(parameter.annotation):
                    self.optional.add(name)
            if parameter.default is not parameter.empty:
                self.defaults[name] = parameter.default
        self.attributes = [n for n in self.names if n not in self.operands and n != "name"]
        self._operand_set = frozenset(self.operands)
        if self.variadic:
            self.operands = [self.variadic]

    def bind(self, args: tuple, kwargs: dict) -> tuple[list, dict, str]:
        """Return (operands, attributes, name) of a call; raise TypeError as Python would."""
        if self.variadic:
            given = dict(kwargs)
            operands = list(args)
        else:
            if len(args) > len(self.names):
                raise TypeError(
                    f"{self.word}() takes {len(self.names)} positional arguments "
                    f"({', '.join(self.names)}) but {len(args)} were given"
                )
            given = dict(zip(self.names, args))
            for key in kwargs:
                if key in given:
                    raise TypeError(f"{self.word}() got multiple values for argument '{key}'")
            given.update(kwargs)
        for key in given:
            if key not in self.names:
                raise TypeError(
                    f"{self.word}() got an unexpected keyword argument '{key}'; "
                    f"it takes {', '.join(self.names)}"
                )
        for key in self.names:
            if key not in given:
                if key not in self.defaults:
                    raise TypeError(
                        f"{self.word}() missing required argument: '{key}'; "
                        f"it takes {', '.join(self.names)}"
                    )
                given[key] = self.defaults[key]
        name = given.pop("name", "") or ""
        if not isinstance(name, str):
            raise TypeError(f"{self.word}(): name must be a str, not {type(name).__name__}")
        if not self.variadic:
            operands = [given.pop(key) for key in self.operands]
        return operands, given, name


class Rule(Protocol):
    """What is called with values by name, and tells which names it asks for."""

    @property
    def names(self) -> Sequence[str]:
        """The names that it asks for."""

    @property
    def takes_missing(self) -> bool:
        """Whether a gradient's rule gets None, not zeros, where nothing arrives."""

    def __call__(self, available: dict, attributes: dict | None = None):
        """Call the rule; ``available`` has all that it may ask for."""


class NamedRule:
    """A function that is called with what its parameters' names stand for.

    Args:
        function: the rule; ``**rest`` receives all attributes.
        allowed: the names it may ask for.
        owner: the operator, for messages.
    """

    takes_missing = False

    def __init__(self, function: Callable, allowed: set[str], owner: str) -> None:
        self.function = function
        self.names: list[str] = []
        self.takes_rest = False
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind is parameter.VAR_KEYWORD:
                self.takes_rest = True
                continue
            if name not in allowed:
                raise TypeError(
                    f"operator '{owner}': {function.__name__} asks for '{name}'; "
                    f"there are {', '.join(sorted(allowed))}"
                )
            self.names.append(name)

    def __call__(self, available: dict, attributes: dict | None = None):
        """Call the rule with values by name."""
        rest = {}
        if self.takes_rest and attributes:
            rest = {k: v for k, v in attributes.items() if k not in self.names}
        return self.function(*[available[name] for name in self.names], **rest)
