"""Settings of every test run, for the tests of all packages and the examples in docstrings."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest

# Set before numpy loads: one pool of BLAS threads per xdist worker would fight over the cores.
if "PYTEST_XDIST_WORKER" in os.environ:
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


# A busy machine may make any example late: time is not what these tests are about. To explain what
# fails, Hypothesis would trace every line of every test.
PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
hypothesis.settings.register_profile("patient", deadline=None, phases=PHASES)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def names_in_examples(doctest_namespace: dict) -> None:
    """Let docstring examples say ``C`` and ``np`` without importing them."""
    import numpy

    import cntk

    doctest_namespace.update(C=cntk, np=numpy)


@pytest.fixture(autouse=True)
def own_thread_settings() -> Iterator[None]:
    """Let an example or test that asks for deterministic algorithms ask for itself alone."""
    from cntk.execution.threads import one_thread

    before = one_thread.always
    yield
    if one_thread.always != before:
        one_thread.always = before
