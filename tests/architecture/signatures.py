"""Signatures as CNTK 2.7 prints them, compared with those of functions here."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable

import numpy as np

from cntk.default_options import default_override_or
from cntk.learners.momentum import DEFAULT_UNIT_GAIN

COLLECTORS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
# what is printed for an object -> where the object is
OBJECTS = {
    "identity": "cntk.layers.identity",
    "tanh": "cntk.tanh",
    "sigmoid": "cntk.sigmoid",
    "INFINITELY_REPEAT": "cntk.io.INFINITELY_REPEAT",
    "<auto seed>": "cntk.initializer.SentinelValueForAutoSelectRandomSeed",
}


def resolve(path: str):
    """Return the thing at a dotted path: an attribute of the module before the last dot."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def printed_parameters(signature: str) -> dict[str, str | None]:
    """Return {name: default as it is printed, or None} of ``(x, axis=-1, *more)``."""
    parts, depth, quoted = [""], 0, False
    for character in signature.strip()[1:-1]:
        quoted ^= character == "'"
        depth += (character in "([{<") - (character in ")]}>") if not quoted else 0
        if character == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    pairs = (part.strip().partition("=") for part in parts if part.strip())
    return {name: default if sign else None for name, sign, default in pairs}


def difference(thing: Callable, printed: str) -> str | None:
    """Return how a signature differs from the printed one so that a call could; None if not.

    Parameters that follow those of CNTK 2.7, and defaults where it has none, are no difference.
    """
    ours = inspect.signature(thing).parameters
    expected = printed_parameters(printed)
    if "self" in expected and "self" not in ours:  # looked up on an instance or a static one
        del expected["self"]
    names = [name for name in expected if not name.startswith("*")]
    mine = [p for p in ours.values() if p.kind not in COLLECTORS]
    if [p.name for p in mine[: len(names)]] != names:
        return f"parameters {[p.name for p in mine]}, expected {names}"
    collects = [name for name in expected if name.startswith("*")]
    more = [p.name for p in mine[len(names) :] if p.default is p.empty]
    if more and not collects:
        return f"CNTK 2.7 works without {more}"
    if collects and len(mine) == len(names) and len(mine) == len(ours):
        return f"nothing takes {collects}"
    for name in names:
        wanted, default = expected[name], ours[name].default
        if wanted is not None and not agrees(wanted, default):
            return f"default {name}={default!r}, expected {wanted}"
        if ours[name].kind is inspect.Parameter.KEYWORD_ONLY:
            return f"{name} is no longer positional"
    return None


def agrees(printed: str, default: object) -> bool:
    """Whether a default is the one that is printed."""
    marked = re.fullmatch(r"default\((.*)\)", printed)
    if marked:
        return isinstance(default, default_override_or) and agrees(marked[1], default.value)
    if printed in OBJECTS:
        return default == resolve(OBJECTS[printed])
    file = re.fullmatch(r"<_io.TextIOWrapper name='(<\w+>)' .*", printed)
    if (file[1] if file else printed) in _shown(default):
        return True
    try:
        value = ast.literal_eval(printed)
    except (SyntaxError, ValueError):
        return False
    if isinstance(value, (list, dict)):  # which a call could change: here they cannot be
        return list(value) == list(default or ())
    return type(value) is type(default) and value == default


def _shown(default: object) -> list[str]:
    """Return the ways in which CNTK 2.7 may have printed a default."""
    kind = type(default).__name__
    if kind == "RandomInitializer":
        return [f"{default.kind}()"]
    if kind == "TrainingParameterSchedule":
        return ["<schedule>"]
    if default is DEFAULT_UNIT_GAIN:  # what is in force at the call, not at the import
        return ["True"]
    if isinstance(default, (np.dtype, type)):
        return [np.dtype(default).name, f"numpy.{np.dtype(default).name}"]
    if hasattr(default, "readline"):  # pytest puts others in the place of these
        return ["<stdin>", "<stdout>"]
    return [repr(list(default)), repr(default)] if type(default) is tuple else [repr(default)]
