from __future__ import annotations

import pytest

import cntk.layers
import cntk.layers.sequence


@pytest.mark.parametrize(
    "name", ["Delay", "Fold", "PastValueWindow", "Recurrence", "RecurrenceFrom", "UnfoldFrom"]
)
def test_the_path_of_the_original(name):
    assert getattr(cntk.layers.sequence, name) is getattr(cntk.layers, name)
