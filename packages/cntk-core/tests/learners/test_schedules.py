"""The functions that make schedules; values are those that CNTK 2.7 gives at the same samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cntk.learners.schedules import (
    IGNORE,
    UnitType,
    default_unit_gain_value,
    learning_parameter_schedule,
    learning_parameter_schedule_per_sample,
    learning_rate_schedule,
    momentum_as_time_constant_schedule,
    momentum_schedule,
    momentum_schedule_per_sample,
    set_default_unit_gain_value,
    training_parameter_schedule,
)

SAMPLES = (0, 1, 9, 10, 11, 19, 20, 29, 30, 1000)
E10, E20 = math.exp(-1 / 10), math.exp(-1 / 20)

older_spellings = pytest.mark.filterwarnings("ignore:.* in future versions:DeprecationWarning")


@pytest.mark.parametrize(
    "made, minibatch_size, values",
    [
        (learning_parameter_schedule(0.1), 0, [0.1] * 10),
        (learning_parameter_schedule(0.1, 4), 4, [0.1] * 10),
        (learning_parameter_schedule([0.1, 0.2], 4, 10), 4, [0.1] * 3 + [0.2] * 7),
        (learning_parameter_schedule([0.1, 0.2], 4), 4, [0.1] + [0.2] * 9),
        (learning_parameter_schedule([0.1, 0.2], 1, 0), 1, [0.1] + [0.2] * 9),
        (
            learning_parameter_schedule([(2, 0.1), (1, 0.2), 0.3], 4, 10),
            4,
            [0.1] * 6 + [0.2] * 2 + [0.3] * 2,
        ),
        (
            learning_parameter_schedule([(2, 0.1), (1, 0.2), (5, 0.3)]),
            0,
            [0.1] * 2 + [0.3] * 8,
        ),
        (learning_parameter_schedule(True), 0, [1] * 10),
        (learning_parameter_schedule(np.float32(0.5)), 0, [0.5] * 10),
        (learning_parameter_schedule_per_sample([0.1, 0.2], 10), 1, [0.1] * 3 + [0.2] * 7),
        (momentum_schedule(0.9), 0, [0.9] * 10),
        (momentum_schedule([0.9, 0.8], 10, 4), 4, [0.9] * 3 + [0.8] * 7),
        (momentum_schedule_per_sample([0.9, 0.8], 10), 1, [0.9] * 3 + [0.8] * 7),
    ],
)
def test_values_and_sizes(made, minibatch_size, values):
    assert [made[n] for n in SAMPLES] == pytest.approx(values)
    assert made.minibatch_size == minibatch_size


@older_spellings
@pytest.mark.parametrize(
    "make, minibatch_size, values",
    [
        (lambda: learning_rate_schedule([0.1, 0.2], UnitType.sample, 10), 1, [0.1] * 3 + [0.2] * 7),
        (lambda: learning_rate_schedule(0.1, UnitType.minibatch), 0, [0.1] * 10),
        (lambda: learning_rate_schedule(0.1, "sample"), 1, [0.1] * 10),
        (lambda: training_parameter_schedule(0.1), 0, [0.1] * 10),
        (lambda: training_parameter_schedule(0.1, UnitType.sample), 1, [0.1] * 10),
        (lambda: momentum_as_time_constant_schedule(10), 1, [E10] * 10),
        (lambda: momentum_as_time_constant_schedule(0), 1, [0] * 10),
        (lambda: momentum_as_time_constant_schedule(math.inf), 1, [1] * 10),
        (lambda: momentum_as_time_constant_schedule([10, 20], 10), 1, [E10] * 3 + [E20] * 7),
        (
            lambda: momentum_as_time_constant_schedule([(2, 10), (1, 20)], 10),
            1,
            [E10] * 6 + [E20] * 4,
        ),
    ],
)
def test_values_and_sizes_of_older_spellings(make, minibatch_size, values):
    made = make()
    assert [made[n] for n in SAMPLES] == pytest.approx(values)
    assert made.minibatch_size == minibatch_size


@older_spellings
def test_a_schedule_comes_back_as_it_is():
    schedule = learning_parameter_schedule([0.1, 0.2], 4, 10)
    assert learning_parameter_schedule(schedule, 8, 20) is schedule
    assert learning_rate_schedule(schedule, UnitType.sample) is schedule
    assert momentum_as_time_constant_schedule(schedule) is schedule


@pytest.mark.parametrize(
    "made, ends",
    [
        (learning_parameter_schedule(0.1, 4), ["0"]),
        (learning_parameter_schedule([0.1]), ["1"]),
        (learning_parameter_schedule([0.3, 0.1, 0.1], 1, 10), ["10", "20", "30"]),
        (learning_parameter_schedule([(2, 0.1), (1, 0.2), 0.3], 4, 10), ["20", "30", "40"]),
        (learning_parameter_schedule([(2, 0.1), (3, 0.2)]), ["2", "5"]),
    ],
)
def test_the_ends_that_a_checkpoint_states(made, ends):
    assert list(made.to_dict()["schedule"]) == ends


@older_spellings
def test_whether_a_size_is_stated():
    """0 can be stated: then a learner's size does not replace it."""
    assert not learning_parameter_schedule(0.1).is_minibatch_size_explicitly_specified
    assert not momentum_schedule(0.9).is_minibatch_size_explicitly_specified
    for made in (
        learning_parameter_schedule(0.1, IGNORE),
        learning_rate_schedule(0.1, UnitType.minibatch),
    ):
        assert made.is_minibatch_size_explicitly_specified and made.for_learner(4) is made


def test_a_number_has_no_epochs():
    with pytest.warns(RuntimeWarning, match="epoch_size is ignored"):
        schedule = learning_parameter_schedule(0.1, None, 10)
    assert schedule.is_sweep_based()


@older_spellings
@pytest.mark.parametrize("schedule", ["a", None, (0.1, 0.2), np.array([0.1, 0.2]), {}])
def test_neither_number_nor_list(schedule):
    with pytest.raises(ValueError, match="schedule must be either a float or a list"):
        learning_parameter_schedule(schedule)
    with pytest.raises(ValueError, match="momentum must be either a float or a list"):
        momentum_as_time_constant_schedule(schedule)


def test_a_schedule_of_nothing():
    with pytest.raises(RuntimeError, match="schedule is empty"):
        learning_parameter_schedule([])
    with pytest.raises(RuntimeError, match="unit count in the 'schedule' argument must not be 0"):
        learning_parameter_schedule([(0, 0.1), (1, 0.2)], 4, 10)


@pytest.mark.parametrize("entry", ["a", (1, "a"), (1, 2, 3), None, [1, 0.1]])
def test_entries_that_are_none(entry):
    with pytest.raises(ValueError, match="an entry of a schedule"):
        learning_parameter_schedule([0.1, entry])


@pytest.mark.parametrize(
    "arguments, error",
    [
        (dict(minibatch_size=-1), OverflowError),
        (dict(minibatch_size=1.5), TypeError),
        (dict(epoch_size=-1), OverflowError),
        (dict(epoch_size=1.5), TypeError),
    ],
)
def test_sizes_that_are_none(arguments, error):
    with pytest.raises(error, match=next(iter(arguments))):
        learning_parameter_schedule([0.1, 0.2], **arguments)
    with pytest.raises(error, match="the number of epochs"):
        learning_parameter_schedule([(-1 if error is OverflowError else 1.5, 0.2)])


@pytest.mark.parametrize("rate", [math.nan, math.inf])
def test_rates_are_finite(rate):
    with pytest.raises(ValueError, match="finite"):
        learning_parameter_schedule(rate)


@pytest.mark.parametrize("momentum", [-0.1, 1.5, [0.9, 2.0]])
def test_momenta_are_shares(momentum):
    with pytest.raises(ValueError, match="a momentum is a number from 0 to 1"):
        momentum_schedule(momentum)


@older_spellings
def test_a_time_constant_is_not_negative():
    with pytest.raises(ValueError, match="a time constant is a number of samples, not -5"):
        momentum_as_time_constant_schedule(-5)


@older_spellings
@pytest.mark.parametrize("unit", [None, 4, "x"])
def test_units(unit):
    with pytest.raises(ValueError, match="not a valid UnitType"):
        learning_rate_schedule(0.1, unit)


def test_the_unit_gain_is_a_setting_of_the_process():
    assert default_unit_gain_value() is True
    try:
        set_default_unit_gain_value(False)
        assert default_unit_gain_value() is False
        with pytest.raises(TypeError, match="True or False"):
            set_default_unit_gain_value(3)
        assert default_unit_gain_value() is False
    finally:
        set_default_unit_gain_value(True)
