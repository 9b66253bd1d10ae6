"""Formulas of chains, as they would be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from cntk.execution.passes.forms import Form
from cntk.execution.passes.formula import Chain
from cntk.execution.symbols import Step, Symbol

_INFIX = {"plus": "+", "minus": "-", "element_times": "*", "element_divide": "/", "quotient": "/"}


def formula_text(step: Step, name: Callable[[Symbol], str], result: str = "") -> str:
    """Return what a chain computes, one equation per result; ``t0``, ``t1``, ... are shared parts.

    Args:
        step: a step whose operator is a :class:`Chain`.
        name: function of a symbol.
        result: how its first load is called, where that is the result of the step before.
    """
    assert isinstance(step.operator, Chain)
    formula = step.operator.formula
    kept = {store.source: name(step.outputs[store.output]) for store in formula.stores}
    used = Counter(source for compute in formula.computes for source in compute.sources)
    terms = [_Term(_load_text(load, step, name)) for load in formula.loads]
    terms[:1] = [_Term(result)] if result else terms[:1]
    equations = [f"{kept[i]} = {term.text}" for i, term in enumerate(terms) if i in kept]
    temporaries = 0
    for number, compute in enumerate(formula.computes, len(terms)):
        term = _computed(compute.operator.name, [terms[source] for source in compute.sources])
        known = kept.get(number)
        if known is None and used[number] > 1:
            known, temporaries = f"t{temporaries}", temporaries + 1
        if known is not None:
            equations.append(f"{known} = {term.text}")
            term = _Term(known)
        terms.append(term)
    return "; ".join(equations)


class _Term(NamedTuple):
    text: str
    is_infix: bool = False

    def inside(self) -> str:
        """Return the text as an operand of a sign."""
        return f"({self.text})" if self.is_infix else self.text


def _computed(operator: str, sources: list[_Term]) -> _Term:
    sign = _INFIX.get(operator)
    if sign is not None and len(sources) == 2:
        return _Term(f"{sources[0].inside()} {sign} {sources[1].inside()}", is_infix=True)
    return _Term(f"{operator}({', '.join(source.text for source in sources)})")


def _load_text(load: tuple, step: Step, name: Callable[[Symbol], str]) -> str:
    position, form = load
    if not isinstance(form, Form):
        return f"{form:g}"
    text = name(step.operands[position])
    if form.kind != "strided":
        return text
    return f"{text}[{form.begin}:{form.begin + form.repeat_or_width}]"
