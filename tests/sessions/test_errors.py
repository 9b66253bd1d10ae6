"""What a session refuses, and how Function.train takes the same configurations."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

REFUSED = [
    (dict(mb_size=2.5), "mb_size of type (<class 'float'>) not supported"),
    (dict(mb_size="a"), "mb_size of type (<class 'str'>) not supported"),
    (dict(mb_size=0), "a minibatch has 1 sample or more, a whole number, not 0"),
    (dict(max_samples=0), "maxNumTrainingSamples must not be zero"),
    (dict(max_samples=8, progress_frequency="a"), "progress_frequency cannot be 'a'"),
    (dict(max_samples=8, progress_frequency=(3, "x")), "progress_frequency cannot be (3, 'x')"),
    (dict(max_samples=8, progress_frequency=-1), "progress_frequency cannot be -1"),
    (dict(max_samples=8, cv_config=5), "takes a CrossValidationConfig, not 5"),
    (dict(max_samples=8, checkpoint_config="model"), "takes a CheckpointConfig, not 'model'"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_wrong_options(options, message, setup):
    with pytest.raises(ValueError) as caught:
        setup.new().session(**options)
    assert message in str(caught.value)


def test_missing_parts(setup):
    here = setup.new()
    with pytest.raises(ValueError, match="Mapping between input vars and streams should not be"):
        C.training_session(here.trainer, here.source, 4, {}, max_samples=8)
    with pytest.raises(ValueError, match="Trainer must not be None"):
        C.training_session(None, here.source, 4, here.mapping, max_samples=8)
    with pytest.raises(ValueError, match="Training minibatch source must not be None"):
        C.training_session(here.trainer, None, 4, here.mapping, max_samples=8)
    with pytest.raises(ValueError, match="mapping must not be provided when data is passed"):
        C.training_session(here.trainer, (setup.features, setup.targets), 4, here.mapping)
    with pytest.raises(ValueError, match="You passed 1 value"):
        C.training_session(here.trainer, (setup.features,), 4, None, max_samples=8)


def test_training_without_an_end(setup):
    here = setup.new()
    with pytest.raises(ValueError, match="must have a limited number of samples or sweeps"):
        C.training_session(here.trainer, (setup.features, setup.targets), 4, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("",), "file name must not be empty"),
        ((None, 4), "frequency cannot be specified without checkpoint_filename"),
        (("m", -1), "frequency cannot be -1"),
    ],
)
def test_wrong_checkpoint_configurations(arguments, message):
    with pytest.raises(ValueError, match=message):
        C.CheckpointConfig(*arguments)


def test_data_of_a_test_need_a_criterion(setup):
    with pytest.raises(ValueError, match="criterion must be given"):
        C.TestConfig((setup.features, setup.targets))
    with pytest.raises(ValueError, match="criterion must be given"):
        C.CrossValidationConfig((setup.features, setup.targets), 8)


def test_a_test_without_a_metric(setup):
    here = setup.new(metric=False)
    with pytest.raises(ValueError, match="no evaluation function was specified"):
        here.told(max_samples=8, test_config=C.TestConfig(here.samples(10)))


def test_what_a_callback_must_return(setup):
    here = setup.new()
    validation = C.CrossValidationConfig(here.samples(10), 8, callback=lambda *numbers: None)
    with pytest.raises(RuntimeError, match="returned None\n  expected  True to go on"):
        here.told(max_samples=20, cv_config=validation)


def test_an_error_of_a_callback_comes_through(setup):
    here = setup.new()

    def callback(*numbers):
        raise KeyError("mine")

    validation = C.CrossValidationConfig(here.samples(10), 8, callback=callback)
    with pytest.raises(KeyError, match="mine"):
        here.told(max_samples=20, cv_config=validation)


@pytest.mark.parametrize("schedule", [[], [1.5], [-1], [0], "a", [(0, 4)], None])
def test_wrong_schedules_of_sizes(schedule):
    with pytest.raises((ValueError, RuntimeError)):
        C.minibatch_size_schedule(schedule)


def test_schedules_of_sizes():
    assert [C.minibatch_size_schedule([1, 2])[i] for i in (0, 1, 2)] == [1, 2, 2]
    assert [C.minibatch_size_schedule([(2, 3), 4], 5)[i] for i in (0, 9, 10)] == [3, 3, 4]
    assert C.minibatch_size_schedule(7)[100] == 7
    assert C.minibatch_size_schedule([1, 2], 0).is_sweep_based()


def test_older_names_warn(setup):
    with pytest.warns(DeprecationWarning, match="minibatch_source"):
        C.TestConfig(source=setup.new().samples(10))
    with pytest.warns(DeprecationWarning, match="minibatch_size"):
        C.CrossValidationConfig(mb_size=3)


def test_function_train_takes_the_configurations(setup, tmp_path):
    here = setup.new()
    data, seen = (setup.features, setup.targets), []
    record = here.loss.train(
        data, minibatch_size=4, parameter_learners=C.sgd(here.z.parameters, 0.01), max_epochs=2,
        callbacks=[
            C.CheckpointConfig(tmp_path / "m"),
            C.CrossValidationConfig(data, 8, 5, lambda *n: seen.append(n[2]) or True,
                                    criterion=here.loss),
            C.TestConfig(data, criterion=here.loss),
        ],
    )  # fmt: skip
    assert seen == [10, 10, 10]
    assert [epoch.samples for epoch in record.epoch_summaries] == [10, 10]
    found = here.z.eval({here.x: setup.features})
    assert record.test_summary.samples == 10
    assert record.test_summary.metric == pytest.approx(((found - setup.targets) ** 2).mean(), 1e-5)
    assert (tmp_path / "m.ckp").exists()
    assert np.isfinite(record.updates[0].loss)


def test_function_train_refuses_other_callbacks(setup):
    here = setup.new()
    data, learner = (setup.features, setup.targets), C.sgd(here.z.parameters, 0.01)
    for callbacks in ([5], [C.CheckpointConfig("m"), C.CheckpointConfig("n")]):
        with pytest.raises(ValueError, match="callbacks has"):
            here.loss.train(data, parameter_learners=learner, callbacks=callbacks)


def test_a_position_in_data_of_another_kind(setup, tmp_path):
    one = setup.new()
    config = C.CheckpointConfig(tmp_path / "m")
    one.trainer.save_checkpoint(str(tmp_path / "m"), {"TrainingMinibatchSource": {"other": 3}})
    with pytest.raises(ValueError, match="(?s)position in the data is none.*restore=False"):
        setup.new().told(max_samples=8, checkpoint_config=config)


def test_a_writer_that_has_not_begun(setup):
    class Empty(C.cntk_py.ProgressWriter):
        def __init__(self):
            self.lines = []

    one = setup.new()
    with pytest.raises(TypeError, match="Empty.__init__ has not called that of ProgressWriter"):
        C.Trainer(one.z, one.loss, C.sgd(one.z.parameters, 0.1), Empty())
