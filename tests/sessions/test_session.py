"""Training sessions: what happens when, as CNTK 2.7 does it."""

from __future__ import annotations

import pytest

import cntk as C
from cntk.train import DataUnit

SWEEP = "u0-4 u4-8 u8-10"
TWO_AND_A_HALF = "u0-4 u4-8 u8-10 u10-14 u14-18 u18-20 u20-24 u24-25"
TEST = "t0-3 t3-6 t6-9 t9-10"

# options -> events, as CNTK 2.7 reported them
RECORDED = [
    ({"max_samples": 20}, "u0-4 u4-8 u8-10 u10-14 u14-18 u18-20 S1:20/6"),
    (
        {"max_samples": 25, "progress_frequency": 10},
        f"{SWEEP} S1:10/3 {SWEEP} S2:10/3 u0-4 u4-5 S3:5/2",
    ),
    (
        {"max_samples": 25, "progress_frequency": (2, DataUnit.minibatch)},
        "u0-4 u4-8 S1:8/2 u0-2 u2-6 S2:6/2 u0-4 u4-6 S3:6/2 u0-4 u4-5 S4:5/2",
    ),
    (
        {"max_samples": 25, "progress_frequency": (1, DataUnit.sweep)},
        f"{SWEEP} S1:10/3 {SWEEP} S2:10/3 u0-4 u4-5",
    ),
    (
        {"max_samples": 25, "progress_frequency": (7, DataUnit.sample)},
        "u0-4 u4-8 S1:8/2 u0-2 u2-6 S2:6/2 u0-4 u4-6 u6-10 S3:10/3 u0-1 S4:1/1",
    ),
    (
        {"max_samples": 18, "progress_frequency": 8},
        "u0-4 u4-8 S1:8/2 u0-2 u2-6 u6-10 S2:10/3",
    ),
    ({"max_samples": 10, "progress_frequency": 0}, SWEEP),
    (
        {"max_samples": 30, "mb_size": C.minibatch_size_schedule([1, 2, 5], 5)},
        "u0-1 u1-2 u2-3 u3-4 u4-5 u5-7 u7-9 u9-10 u10-15 u15-20 u20-25 u25-30 S1:30/12",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("options", "expected"), RECORDED)
def test_minibatches_and_summaries(options, expected, setup):
    assert setup.new().told(**options) == expected


VALIDATIONS = [
    (
        {"frequency": 8, "minibatch_size": 3},
        {},
        (f"u0-4 u4-8 {TEST} T1:10/4 C0:10/4 u8-10 u10-14 u14-18 {TEST} T2:10/4 C1:10/4 "
        f"u18-20 u20-24 {TEST} T3:10/4 C2:10/4 u24-25 S1:25/8 {TEST} T4:10/4 C3:10/4"),
    ),
    (
        {"frequency": 12, "minibatch_size": 3},
        {"progress_frequency": 5},
        (f"u0-4 u4-8 S1:8/2 u0-2 S2:2/1 u0-4 {TEST} T1:10/4 C0:10/4 u4-8 S3:8/2 u0-2 S4:2/1 "
        f"u0-4 {TEST} T2:10/4 C1:10/4 u4-5 S5:5/2 {TEST} T3:10/4 C2:10/4"),
    ),
    (
        {"minibatch_size": 3},
        {},
        f"{TWO_AND_A_HALF} S1:25/8 {TEST} T1:10/4 C0:10/4",
    ),
    (
        {"frequency": 16, "minibatch_size": 3, "max_samples": 5},
        {},
        ("u0-4 u4-8 u8-10 u10-14 u14-18 t0-3 t3-5 T1:5/2 C0:5/2 u18-20 u20-24 u24-25 S1:25/8 "
        "t0-3 t3-5 T2:5/2 C1:5/2"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("config", "options", "expected"), VALIDATIONS)
def test_cross_validation(config, options, expected, setup):
    here = setup.new()
    validation = C.CrossValidationConfig(here.samples(10), callback=here.note, **config)
    assert here.told(max_samples=25, cv_config=validation, **options) == expected


def test_a_callback_stops_training(setup):
    here = setup.new()

    def callback(index, mean, samples, minibatches):
        here.note(index, mean, samples, minibatches)
        return index < 1

    validation = C.CrossValidationConfig(here.samples(10), 8, 3, callback)
    assert here.told(max_samples=25, cv_config=validation) == (
        f"u0-4 u4-8 {TEST} T1:10/4 C0:10/4 u8-10 u10-14 u14-18 {TEST} T2:10/4 C1:10/4 S1:18/5"
    )
    assert here.trainer.total_number_of_samples_seen == 18


def test_a_cross_validation_without_data_asks_the_callback(setup):
    here = setup.new()
    validation = C.CrossValidationConfig(frequency=8, callback=here.note)
    assert here.told(max_samples=20, cv_config=validation) == (
        "u0-4 u4-8 C0:0/0 u8-10 u10-14 u14-18 C1:0/0 u18-20 S1:20/6 C2:0/0"
    )


def test_a_test_follows_training(setup):
    here = setup.new()
    told = here.told(max_samples=12, test_config=C.TestConfig(here.samples(10), 3))
    assert told == f"u0-4 u4-8 u8-10 u10-12 S1:12/4 {TEST} T1:10/4"


def test_measurements_on_arrays_with_a_criterion(setup):
    here = setup.new()
    seen = []
    validation = C.CrossValidationConfig(
        (setup.features, setup.targets), 8, 4, criterion=C.abs(here.z - here.y),
        callback=lambda *numbers: seen.append(numbers) or True,
    )  # fmt: skip
    test = C.TestConfig((setup.features, setup.targets), criterion=here.loss)
    told = here.told(max_samples=8, cv_config=validation, test_config=test)
    assert told == "u0-4 u4-8 t0-4 t4-8 t8-10 T1:10/3 S1:8/2 t0-10 T2:10/1"
    (index, mean, samples, minibatches), = seen  # fmt: skip
    found = here.z.eval({here.x: setup.features})
    assert (index, samples, minibatches) == (0, 10, 3)
    assert mean == pytest.approx(abs(found - setup.targets).mean(), rel=1e-5)


def test_measurements_with_a_mapping_of_their_own(setup):
    here = setup.new()
    rows = {"doubled": 2 * setup.features, "y": setup.targets}
    other = C.io.MinibatchSourceFromData(rows, max_samples=10)
    mapping = {here.x: other.streams.doubled, here.y: other.streams.y}
    means = []
    validation = C.CrossValidationConfig(
        other, 8, callback=lambda i, mean, *rest: means.append(mean) or True,
        model_inputs_to_streams=mapping,
    )  # fmt: skip
    here.told(max_samples=8, cv_config=validation)
    found = here.z.eval({here.x: 2 * setup.features})
    assert means == [pytest.approx(((found - setup.targets) ** 2).mean(), rel=1e-5)]


def test_arrays_as_training_data(setup):
    here = setup.new()
    data = (setup.features, setup.targets)
    C.training_session(here.trainer, data, 4, None, max_samples=14).train()
    assert " ".join(here.diary.events) == "u0-4 u4-8 u8-10 u10-14 S1:14/4"


def test_the_samples_of_earlier_sessions_count(setup):
    here = setup.new()
    here.session(max_samples=20, progress_frequency=8).train()
    here.diary.events.clear()
    here.session(max_samples=20, progress_frequency=8).train()
    assert here.diary.events == []
    assert here.told(max_samples=28, progress_frequency=8) == "u0-4 S4:4/1 u0-4 S5:4/1"


def test_a_rate_of_zero_updates_nothing_and_ends_in_time(setup):
    here = setup.new()
    rates = C.learning_parameter_schedule([(2, 0.01), 0.0], epoch_size=4)
    here.trainer.parameter_learners[0].reset_learning_rate(rates)
    assert here.told(max_samples=20) == "u0-4 u4-8 u8-10 u10-14 u14-18 u18-20 S1:20/6"
    assert here.trainer.total_number_of_samples_seen == 8


def test_subclasses_are_told(setup):
    here = setup.new()
    calls = []

    class Told(C.train.TrainingSession):
        def on_minibatch_start(self):
            calls.append("start")

        def on_minibatch_end(self):
            calls.append("end")

        def on_cross_validation_start(self, index):
            calls.append(index)

        def on_cross_validation_end(self, index, average_error, num_samples, num_minibatches):
            calls.append(num_samples)
            return False

        def get_minibatch_size(self):
            return 2

    validation = C.CrossValidationConfig(here.samples(10), 4)
    Told(here.trainer, here.source, 4, here.mapping, 20, None, None, validation, None).train()
    assert calls == ["start", "end", "start", "end", 0, 10]
