"""Every operator gives the numbers of CNTK 2.7: values, shapes, axes, gradients and errors."""

from __future__ import annotations

import pytest

from .comparison import assert_equal_results, tolerance_of
from .expressions import Built
from .golden_data import Case
from .ready import LIMITS_OF_THE_ORIGINAL, WRONG_IN_THE_ORIGINAL
from .waiting import due_cases

MISTAKES = (ValueError, RuntimeError, TypeError, IndexError)


def axes_word(variable) -> str:
    """Return ``batch``, ``batch+sequence`` or ``none``."""
    words = ["sequence" if axis.is_sequence_axis else "batch" for axis in variable.dynamic_axes]
    return "+".join(words) or "none"


def parameters(chosen):
    return [pytest.param(case, id=case.id) for case in due_cases() if chosen(case)]


@pytest.mark.parametrize("case", parameters(lambda case: not case.error))
def test_values_are_those_of_the_original(case: Case):
    built = Built(case)
    outputs = built.function.outputs
    assert len(outputs) == len(case.outputs)
    expected = case.arrays("y")
    for i, (output, wanted, found) in enumerate(zip(outputs, case.outputs, built.results())):
        assert output.shape == tuple(wanted["shape"]), f"static shape of output {i}"
        assert axes_word(output) == wanted["dynamic_axes"], f"dynamic axes of output {i}"
        assert output.is_sparse == wanted["sparse"], f"storage of output {i}"
        assert_equal_results(found, expected[f"y{i}"], tolerance_of(case), f"output {i}")


@pytest.mark.parametrize("case", parameters(lambda case: case.gradients))
def test_gradients_are_those_of_the_original(case: Case):
    expected = case.arrays("g")
    for name, found in zip(case.gradients, Built(case).gradients(case.gradients)):
        if (case.id, name) in WRONG_IN_THE_ORIGINAL:
            continue
        wanted = expected[name.replace("x", "g")]
        assert_equal_results(found, wanted, tolerance_of(case), f"gradient of {name}")


@pytest.mark.parametrize(
    "case", parameters(lambda case: case.error and case.id not in LIMITS_OF_THE_ORIGINAL)
)
def test_what_the_original_refuses_is_an_error(case: Case):
    with pytest.raises(MISTAKES):
        Built(case).results()
