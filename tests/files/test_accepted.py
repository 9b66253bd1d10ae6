"""The files that we write have the form that CNTK 2.7 has loaded."""

from __future__ import annotations

import pytest

from .accepted import accepted, digest
from .networks import all_networks

RECORDED = [network for network in all_networks() if network.name in accepted()]


@pytest.mark.parametrize("network", RECORDED, ids=str)
def test_a_file_has_the_form_that_the_original_has_loaded(network):
    """Where the change is wanted: load the new form there (CONTRIBUTING.md) and record it."""
    assert digest(network.make()[0]) == accepted()[network.name]


def test_most_networks_are_recorded():
    assert len(RECORDED) > 350
