"""``python -m cntk info`` says what is installed and what packages report."""

from __future__ import annotations

import numpy as np
import pytest

import cntk.plugins as plugins
from cntk.commands import info
from cntk.plugins import hookimpl


class Speaker:
    """A plugin that only reports."""

    @hookimpl
    def cntk_reports(self):
        return iter(["one engine", "no fuel"])


@pytest.fixture
def speaker():
    found = Speaker()
    plugins.manager().register(found, name="cntk-speaker")
    yield
    plugins.manager().unregister(found)


def test_reports_of_packages_are_printed_with_their_owner(speaker):
    assert plugins.reports()["cntk-speaker"] == ["one engine", "no fuel"]
    lines = info.report().splitlines()
    assert lines[lines.index("reports") + 1 :].count("  cntk-speaker: one engine") == 1
    assert "  cntk-speaker: no fuel" in lines


def test_versions_kernels_and_their_owners():
    lines = info.report().splitlines()
    assert f"  NumPy {np.__version__}" in lines
    (core,) = [line for line in lines if line.startswith("  cntk-core: ")]
    assert "operators" in core and core.endswith(" kernels")
