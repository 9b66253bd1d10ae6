"""Tells at the end of a run which golden cases wait, and for what."""

from __future__ import annotations

from .waiting import summary


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the waiting cases by reason."""
    # workers collected the tests; here their module says again which models wait
    from . import test_golden_models  # noqa: F401

    lines = summary()
    if lines:
        terminalreporter.section("golden cases that wait for an operator")
        for line in lines:
            terminalreporter.line(line)
