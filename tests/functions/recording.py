"""Small questions about Functions, and how their answers are written down.

A question is a function without arguments, marked ``@case`` (or ``@each([...])``, asked once for
each value). Its answer is a text: the value shown with short numbers, or the class and message of
what was raised. Numbers in uids are left out. CNTK 2.7 answered the same questions; its answers are
in ``recorded.json`` under ``<file>.<function>``.
"""

from __future__ import annotations

import builtins
import re

import numpy as np

from cntk import Function, Variable

CASES: dict = {}


def case(function):
    """Register a question under the name of its file and function."""
    CASES[f"{function.__module__.rpartition('.')[2]}.{function.__name__}"] = function
    return function


def each(values):
    """Return a decorator that registers a question for each value of its argument."""

    def decorate(function):
        title = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        for value in values:
            CASES[f"{title}_{value}"] = lambda value=value: function(value)
        return function

    return decorate


each_method = each(["share", "clone", "freeze"])


def answer(name):
    """Return the answer to a question as a text."""
    try:
        text = shown(CASES[name]())
    except Exception as error:
        kind = next(k for k in type(error).__mro__ if k.__module__ == builtins.__name__)
        text = f"E {kind.__name__}: {str(error).strip().splitlines()[0]}"
    return without_numbers(text)[:900]


def without_numbers(text):
    """Return a text in which uids have ``N`` for their numbers."""
    word = (
        r"\b(Input|Parameter|Constant|Placeholder|CompositeFunction|Block|Output|[A-Z][A-Za-z:]*)"
    )
    text = re.sub(word + r"\d+(_Output_\d)?", lambda m: f"{m[1]}N{m[2] or ''}", text)
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def shown(value, depth=0):
    """Return a value as a text that does not depend on the printing of NumPy."""
    if isinstance(value, np.ndarray):
        return f"array{value.shape} {np.round(value.astype(float), 4).tolist()}"
    if isinstance(value, (list, tuple)) and depth < 4:
        inside = ", ".join(shown(item, depth + 1) for item in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, dict):
        entries = (f"{shown(k, depth + 1)}: {shown(v, depth + 1)}" for k, v in value.items())
        return "{" + ", ".join(sorted(entries)) + "}"
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, (Function, Variable)):
        return f"<{value!r}>"
    return value if isinstance(value, str) else repr(value)
