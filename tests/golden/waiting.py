"""The cases that must pass by now, and those that wait for an operator."""

from __future__ import annotations

from functools import cache

from .expressions import missing_name
from .golden_data import Case, operator_cases
from .ready import READY, WAITING

_others: dict[str, str] = {}  # cases that are no operators


def wait(case: str, reason: str) -> None:
    """Note that a case of another kind waits."""
    _others[case] = reason


@cache
def waiting_cases() -> dict[str, str]:
    """Return the reason for each case that waits."""
    reasons = dict(WAITING)
    for case in operator_cases():
        if case.op not in READY:
            missing = missing_name(case.expr)
            if missing:
                reasons.setdefault(case.id, missing)
    return reasons


@cache
def due_cases() -> list[Case]:
    """Return the cases that must pass."""
    return [case for case in operator_cases() if case.id not in waiting_cases()]


def summary() -> list[str]:
    """Return one line per reason: how many cases of which operators wait for it."""
    by_reason: dict[str, list[str]] = {}
    for case, reason in sorted({**waiting_cases(), **_others}.items()):
        by_reason.setdefault(reason, []).append(case)
    lines = []
    for reason, cases in by_reason.items():
        operators = sorted({case.rpartition("/")[0] for case in cases})
        lines.append(f"{len(cases):4d} {', '.join(operators)}: {reason}")
    return lines
