"""Compares what two runs of a network have found."""

from __future__ import annotations

import numpy as np

# Float32 rounds each number by up to 6e-8 of it, and the kernels add up in another order. Training
# lets that grow: found were 1e-5 in five steps.
CLOSE, FIRST = 1e-4, 5
# Where it moves a value over the edge of a ReLU, gradients jump, by 1e-3 and more in CNTK 2.7 as
# here. So what comes after is bound loosely, and in double precision sharply.
LATER = 1e-2
LOSSES_IN_DOUBLE = 1e-11
OUTPUTS_IN_DOUBLE = 1e-7  # they are stored with eight digits


def compare(found: dict, expected: dict) -> None:
    """Compare the results of ``recording.run``."""
    has_edges = "double" in expected
    later = LATER if has_edges else CLOSE
    assert found["models"] == expected["models"]
    compare_outputs(found["before"], expected["before"], CLOSE, "before training")
    ours, theirs = found["losses"], expected["losses"]
    np.testing.assert_allclose(ours[:FIRST], theirs[:FIRST], rtol=CLOSE)
    np.testing.assert_allclose(ours, theirs, rtol=later)
    compare_outputs(found["after"], expected["after"], later, "after training")
    assert found["loaded"] == found["after"], "the file computes what the model did"
    if "transferred" in expected:
        _compare_numbers(found["transferred"], expected["transferred"], later, "transferred")
    if has_edges:
        _compare_in_double(found["double"], expected["double"])


def _compare_in_double(found: dict, expected: dict) -> None:
    np.testing.assert_allclose(found["losses"], expected["losses"], rtol=LOSSES_IN_DOUBLE)
    compare_outputs(found["after"], expected["after"], OUTPUTS_IN_DOUBLE, "in double precision")


def compare_outputs(found: dict, expected: dict, bound: float, where: str) -> None:
    """Compare the outputs of models by name; the bound is a share of the largest number of each."""
    assert found.keys() == expected.keys()
    for model, outputs in expected.items():
        _compare_pictures(found[model], outputs, bound, f"{model} {where}")


def _compare_pictures(found, expected, bound: float, where: str) -> None:
    """Compare pictures of arrays, or of the arrays in lists."""
    if isinstance(expected, list):
        assert len(found) == len(expected), where
        for one, other in zip(found, expected):
            _compare_pictures(one, other, bound, where)
        return
    assert found["shape"] == expected["shape"], where
    for key in ("some", "sums"):
        _compare_numbers(found[key], expected[key], bound, f"{where}: {key}")


def _compare_numbers(found: list, expected: list, bound: float, where: str) -> None:
    """Compare numbers; the bound is a share of the largest one."""
    most = np.abs(expected).max(initial=0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound * most, err_msg=where)
