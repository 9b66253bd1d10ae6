"""From the same start, on the same minibatches, training loses what it loses in CNTK 2.7."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from . import steps

DATA = Path(__file__).resolve().parents[1] / "data" / "programs" / "steps.json"
LOSSES = json.loads(DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_those_of_the_original(name):
    program = importlib.import_module(f".{name}", __package__)
    found = steps.losses(getattr(steps, name), program)
    # what float32 rounds in 20 steps; the libraries that multiply matrices differ
    np.testing.assert_allclose(found, LOSSES[name], rtol=1e-4)
