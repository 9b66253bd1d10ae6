"""What tests of several hard cases share: the choice of kernels, and a count of plans."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cntk.execution import plan, session
from cntk.testing.backends import only


@pytest.fixture(params=["all", "numpy"])
def kernels(request) -> Iterator[str]:
    """Run a test with the kernels of all packages, and again with NumPy's alone."""
    if request.param == "all":
        yield "all"
        return
    with only("numpy"):
        yield "numpy"


@pytest.fixture
def plans(monkeypatch) -> list:
    """Return a list that gets each plan that is made during the test; there are none before."""
    session.forget_plans()
    made: list = []
    make = plan.Plan.__init__

    def counted(self, *args, **options):
        make(self, *args, **options)
        made.append(self)

    monkeypatch.setattr(plan.Plan, "__init__", counted)
    return made
