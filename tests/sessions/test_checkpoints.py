"""Checkpoints of a session: which files there are; a training goes on as if it never ended."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.train import DataUnit

# (options of CheckpointConfig, samples, files) as in CNTK 2.7
FILES = [
    ({}, 20, "m"),
    ({"frequency": 8}, 20, "m"),
    ({"frequency": 0}, 20, ""),
    ({"frequency": 8, "preserve_all": True}, 20, "m m0 m1 m2"),
    ({"frequency": 10, "preserve_all": True}, 20, "m m0 m1"),
    ({"frequency": (1, DataUnit.sweep), "preserve_all": True}, 25, "m m0 m1"),
    ({"frequency": (2, DataUnit.minibatch), "preserve_all": True}, 25, "m m0 m1 m2 m3"),
]


@pytest.mark.parametrize(("options", "samples", "expected"), FILES)
def test_files(options, samples, expected, setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", **options)
    setup.new().told(max_samples=samples, checkpoint_config=config)
    names = expected.split()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names + [f"{n}.ckp" for n in names])


def test_a_session_goes_on_from_its_checkpoint(setup, tmp_path, capfd):
    whole = setup.new()
    whole.told(max_samples=44, progress_frequency=8)
    config = C.CheckpointConfig(str(tmp_path / "m"), 8)
    setup.new().told(max_samples=28, progress_frequency=8, checkpoint_config=config)
    other = setup.new()
    told = other.told(max_samples=44, progress_frequency=8, checkpoint_config=config)
    found = f"Restoring training session from the checkpoint '{tmp_path}/m'"
    assert found in capfd.readouterr().err
    assert told == "u0-2 u2-6 S5:6/2 u0-4 u4-6 S6:6/2 u0-4 S7:4/1"
    for one, expected in zip(other.z.parameters, whole.z.parameters, strict=True):
        np.testing.assert_array_equal(one.value, expected.value)
    assert other.source.get_checkpoint_state() == whole.source.get_checkpoint_state()


def test_numbers_go_on_after_a_restart(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8, True, True)
    setup.new().told(max_samples=20, checkpoint_config=config)
    setup.new().told(max_samples=40, checkpoint_config=config)
    names = sorted(p.name for p in tmp_path.iterdir() if p.suffix != ".ckp")
    assert names == ["m", "m0", "m1", "m2", "m3", "m4"]


def test_nothing_is_left_to_do(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8)
    setup.new().told(max_samples=20, checkpoint_config=config)
    assert setup.new().told(max_samples=20, checkpoint_config=config) == ""


def test_restore_can_be_declined(setup, tmp_path):
    setup.new().told(max_samples=20, checkpoint_config=C.CheckpointConfig(tmp_path / "m"))
    config = C.CheckpointConfig(tmp_path / "m", restore=False)
    assert setup.new().told(max_samples=8, checkpoint_config=config) == "u0-4 u4-8 S1:8/2"


def test_the_last_numbered_checkpoint_serves_where_the_final_one_is_missing(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8, True, True)
    setup.new().told(max_samples=20, checkpoint_config=config)
    (tmp_path / "m").unlink()
    (tmp_path / "m.ckp").unlink()
    (tmp_path / "m7.ckp").write_text("a state without its model")
    (tmp_path / "m10").write_text("a model without its state")
    assert setup.new().told(max_samples=28, checkpoint_config=config) == "u0-4 u4-8 S2:8/2"


def test_a_damaged_checkpoint_is_refused_and_kept(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m")
    setup.new().told(max_samples=8, checkpoint_config=config)
    (tmp_path / "m.ckp").write_bytes(b"junk")
    with pytest.raises((ValueError, RuntimeError), match=r"m\.ckp"):
        setup.new().told(max_samples=20, checkpoint_config=config)
    assert (tmp_path / "m.ckp").read_bytes() == b"junk"


def test_arrays_go_on_where_they_were(setup, tmp_path):
    def trained(samples: int, config=None):
        here = setup.new()
        data = (setup.features, setup.targets)
        C.training_session(
            here.trainer, data, 4, None, max_samples=samples, checkpoint_config=config
        ).train()
        return [p.value for p in here.z.parameters]

    config = C.CheckpointConfig(tmp_path / "m")
    trained(14, config)
    for one, other in zip(trained(34, config), trained(34), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_validation_that_was_due_comes_first_after_a_restart(setup, tmp_path):
    def fails_at_second(index, *measured):
        if index == 1:
            raise KeyboardInterrupt
        return True

    def configs(one, callback):
        data = one.samples(limit=10)
        cv = C.CrossValidationConfig(
            data, 8, callback=callback,
            model_inputs_to_streams={one.x: data.streams.x, one.y: data.streams.y},
        )  # fmt: skip
        return {"checkpoint_config": C.CheckpointConfig(tmp_path / "m", 8), "cv_config": cv}

    first = setup.new()
    with pytest.raises(KeyboardInterrupt):
        first.told(max_samples=30, **configs(first, fails_at_second))
    whole, other = setup.new(), setup.new()
    rest = other.told(max_samples=30, **configs(other, other.note))
    options = configs(whole, whole.note)
    options["checkpoint_config"] = None
    assert rest.startswith("t0-10 T2:10/1 C1:10/1 u")
    events = whole.told(max_samples=30, **options)
    assert events.endswith(rest)


def test_a_state_of_the_session_that_makes_no_sense(setup, tmp_path, capfd):
    config = C.CheckpointConfig(tmp_path / "m", 8)
    for wrong in (5, {}, {"sums": [1], "writers": [{}]}, {"sums": [0, 0], "writers": [{}]}):
        setup.new().trainer.save_checkpoint(str(tmp_path / "m"), {"ProgressReports": wrong})
        with pytest.raises(ValueError, match="what it tells of the session cannot be used"):
            setup.new().told(max_samples=8, checkpoint_config=config)
    assert "It cannot be used" in capfd.readouterr().err
