"""TrainingParameterSchedule: values by progress, effective rates, and what a checkpoint keeps."""

from __future__ import annotations

import math

import pytest

from cntk.learners.schedule import TrainingParameterSchedule


def test_values_by_samples_and_by_sweeps():
    by_samples = TrainingParameterSchedule([(10, 0.1), (30, 0.2), (40, 0.4)], epoch_size=10)
    assert [by_samples[n] for n in (0, 9, 10, 29, 30, 10**9)] == [0.1, 0.1, 0.2, 0.2, 0.4, 0.4]
    assert by_samples.value_at(samples=10, sweeps=7) == 0.2 and not by_samples.is_sweep_based()
    by_sweeps = TrainingParameterSchedule([(1, 0.1), (3, 0.2)])
    assert by_sweeps.value_at(samples=10**9, sweeps=0) == 0.1 and by_sweeps.is_sweep_based()
    assert by_sweeps.value_at(samples=0, sweeps=1) == 0.2


@pytest.mark.parametrize(
    "minibatch_size, samples, expected", [(0, 2, 0.05), (1, 2, 0.1), (4, 2, 0.025), (0, 1, 0.1)]
)
def test_rates_multiply_the_sum_of_gradients(minibatch_size, samples, expected):
    """SGD of CNTK 2.7: dw = 3 in 2 samples, rate .1 -> w = .85, .7 and .925 from 1."""
    schedule = TrainingParameterSchedule([(0, 0.1)], minibatch_size=minibatch_size)
    assert schedule.rate(0, 0, samples) == pytest.approx(expected)


@pytest.mark.parametrize(
    "minibatch_size, samples, expected",
    [(0, 2, 0.9), (1, 2, 0.81), (4, 2, math.sqrt(0.9)), (2, 2, 0.9)],
)
def test_momenta_are_powers(minibatch_size, samples, expected):
    schedule = TrainingParameterSchedule([(0, 0.9)], minibatch_size=minibatch_size)
    assert schedule.momentum(0, 0, samples) == pytest.approx(expected)


def test_a_learners_size_fills_a_gap_only():
    open_size = TrainingParameterSchedule([(0, 0.1)], 0, 0, False)
    stated = TrainingParameterSchedule([(0, 0.1)], 0, 0, True)
    assert open_size.for_learner(4).minibatch_size == 4
    assert open_size.minibatch_size == 0, "the user's own schedule stays"
    assert open_size.for_learner(None) is open_size and stated.for_learner(4) is stated


def test_what_a_checkpoint_keeps():
    schedule = TrainingParameterSchedule([(20, 0.1), (50, 0.2)], epoch_size=10, minibatch_size=4)
    stored = schedule.to_dict()
    assert stored == {"epoch_size": 10, "ref_mb_size": 4, "schedule": {"20": 0.1, "50": 0.2}}
    more = {"version": 2, "type": "TrainingParameterSchedule"}
    assert TrainingParameterSchedule.from_dict({**stored, **more}) == schedule
    assert TrainingParameterSchedule.from_dict({**stored, "ref_mb_size": 5}) != schedule


def test_ends_are_read_as_numbers():
    stored = {"epoch_size": 5, "ref_mb_size": 0, "schedule": {"10": 0.2, "5": 0.1, "100": 0.3}}
    assert TrainingParameterSchedule.from_dict(stored).values == (0.1, 0.2, 0.3)


@pytest.mark.parametrize("unit, size", [(0, 1), (1, 0)])
def test_version_1_has_a_unit(unit, size):
    stored = {"version": 1, "epoch_size": 0, "unit": unit, "schedule": {"0": 0.1}}
    assert TrainingParameterSchedule.from_dict(stored).minibatch_size == size


@pytest.mark.parametrize(
    "damage",
    [
        {"schedule": {}},
        {"schedule": {"x": 0.1}},
        {"schedule": {"1": "x"}},
        {"schedule": {"-1": 0.1}},
        {"schedule": {"1": math.nan}},
        {"schedule": 3},
        {"epoch_size": -1},
        {"epoch_size": None},
        {"ref_mb_size": 2**64},
        {"ref_mb_size": "4"},
    ],
)
def test_damaged_dictionaries(damage):
    stored = TrainingParameterSchedule([(1, 0.1)]).to_dict()
    with pytest.raises(RuntimeError, match="a stored schedule is damaged"):
        TrainingParameterSchedule.from_dict({**stored, **damage})


@pytest.mark.parametrize("key", ["epoch_size", "ref_mb_size", "schedule"])
def test_a_dictionary_without_a_part(key):
    stored = TrainingParameterSchedule([(1, 0.1)]).to_dict()
    del stored[key]
    with pytest.raises(RuntimeError, match=f"lacks {key}"):
        TrainingParameterSchedule.from_dict(stored)


def test_ends_grow():
    with pytest.raises(ValueError, match="ends must grow"):
        TrainingParameterSchedule([(2, 0.1), (2, 0.2)])


@pytest.mark.parametrize("index, error", [(-1, OverflowError), (1.5, TypeError), ("a", TypeError)])
def test_what_is_no_index(index, error):
    with pytest.raises(error, match="a schedule's index"):
        TrainingParameterSchedule([(0, 0.1)])[index]


def test_it_prints_its_values():
    schedule = TrainingParameterSchedule([(10, 0.1), (20, 0.2)], 10, 4)
    assert repr(schedule) == "TrainingParameterSchedule(0.1 to 10, 0.2 to 20; minibatch_size=4)"
