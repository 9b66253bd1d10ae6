"""Docstrings: every argument is described, and the example runs."""

from __future__ import annotations

import doctest
import inspect
import re

import numpy as np

from cntk.operators.declare import Operator
from cntk.testing.mismatch import Mismatch

_OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def check_docstring(operator: Operator) -> None:
    """Check that the docstring has a summary, a line for each argument, and an example that runs.

    Raises:
        Mismatch: it has not.
    """
    text = inspect.getdoc(operator) or ""
    described = set(re.findall(r"^    \**(\w+):", text, re.MULTILINE))
    signature = operator.signature
    wanted = {*signature.names, *([signature.variadic] if signature.variadic else [])}
    missing = sorted(wanted - described - {"name"})
    if not text or missing:
        raise Mismatch(
            f"the docstring of {operator.name} says nothing about {', '.join(missing) or 'it'}",
            hint='a line "name: static shape, meaning" for each argument, below "Args:"',
        )
    if ">>>" not in text:
        raise Mismatch(f"the docstring of {operator.name} has no example", hint="add one")
    _run(operator.name, text)


def _run(name: str, text: str) -> None:
    """Run the example of a docstring, in which ``C`` and ``np`` are known."""
    import cntk

    example = doctest.DocTestParser().get_doctest(text, {"C": cntk, "np": np}, name, None, 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=_OPTIONS).run(example, out=report.append)
    if result.failed:
        raise Mismatch(f"the example of {name} does not give what it shows", *report)
