"""Older spellings work, and the line that uses one is told the new form, once."""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import cntk as C
from cntk.deprecation import older_name
from cntk.learners import UnitType

HERE = Path(__file__).name


def sgd(**options):
    return C.sgd([C.parameter(2)], 0.1, **options)


def value():
    return C.Value(np.ones((1, 2), "f"))


def learner_module():
    sys.modules.pop("cntk.learner", None)
    return importlib.import_module("cntk.learner")


# older spelling, its new form, and what the warning calls that
SPELLINGS = {
    "input": (lambda: C.input(2), lambda: C.input_variable(2), "input_variable()"),
    "sequence.input": (
        lambda: C.sequence.input(2),
        lambda: C.sequence.input_variable(2),
        "sequence.input_variable()",
    ),
    "learning_rate_schedule": (
        lambda: C.learning_rate_schedule(0.1, UnitType.sample),
        lambda: C.learning_parameter_schedule_per_sample(0.1),
        "learning_parameter_schedule()",
    ),
    "training_parameter_schedule": (
        lambda: C.training_parameter_schedule(0.1),
        lambda: C.learning_parameter_schedule(0.1, minibatch_size=C.learners.IGNORE),
        "learning_parameter_schedule()",
    ),
    "momentum_as_time_constant_schedule": (
        lambda: C.momentum_as_time_constant_schedule(100),
        lambda: C.momentum_schedule(np.exp(-1 / 100), minibatch_size=1),
        "momentum_schedule()",
    ),
    "use_mean_gradient": (
        lambda: sgd(use_mean_gradient=True),
        lambda: sgd(minibatch_size=C.learners.IGNORE),
        "minibatch_size=C.learners.IGNORE",
    ),
    "use_mean_gradient=False": (lambda: sgd(use_mean_gradient=False), sgd, "minibatch_size"),
    "data()": (lambda: value().data(), lambda: value().data, "the property data"),
    "cntk.learner": (
        learner_module,
        lambda: importlib.import_module("cntk.learners"),
        "cntk.learners",
    ),
}


@pytest.mark.parametrize(("older", "new", "named"), SPELLINGS.values(), ids=SPELLINGS)
def test_an_older_spelling_warns_once_and_names_the_new_one(older, new, named):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        old_result = older()
    assert [warning.category for warning in told] == [DeprecationWarning]
    assert f"Please use {named}" in str(told[0].message)
    assert Path(told[0].filename).name == HERE
    assert type(new()) is type(old_result)  # and warns of nothing: a warning is an error here


def test_schedules_of_both_spellings_are_equal():
    def of(spelling):
        older, new, _ = SPELLINGS[spelling]
        with pytest.warns(DeprecationWarning):
            return older(), new()

    for spelling in ("learning_rate_schedule", "training_parameter_schedule"):
        older, new = of(spelling)
        assert (older[0], older.minibatch_size) == (new[0], new.minibatch_size)
    older, new = of("momentum_as_time_constant_schedule")
    assert older.momentum(0, 0, 50) == pytest.approx(new.momentum(0, 0, 50))


def test_a_function_under_its_older_name():
    def scale(x, factor=2):
        return x * factor

    older = older_name("multiply", scale)
    with pytest.warns(DeprecationWarning, match=r"multiply\(\) will .* use scale\(\) instead"):
        assert older(3, factor=4) == 12
    assert older.__name__ == "multiply"
    assert ":func:`scale`" in older.__doc__
