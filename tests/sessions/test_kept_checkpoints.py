"""Which checkpoints stay - the last ones, the best one - and which one a session goes on from."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import cntk as C
from cntk.storage import ModelFileAccessError, read_pair, write_dictionary
from cntk.train.sessions import checkpoints as session_checkpoints

FLIP = 0x10


def names(folder) -> str:
    """Return the models in a folder; each has its state."""
    found = sorted(p.name for p in folder.iterdir())
    models = [name for name in found if not name.endswith(".ckp")]
    assert found == sorted(models + [f"{name}.ckp" for name in models])
    return " ".join(models)


def damage(path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= FLIP
    path.write_bytes(content)


def values(setup) -> list[np.ndarray]:
    return [parameter.value for parameter in setup.z.parameters]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"keep": 1}, "m m4"),
        ({"keep": 2}, "m m3 m4"),
        ({"keep": 9}, "m m0 m1 m2 m3 m4"),
        ({"keep": 2, "preserve_all": True}, "m m3 m4"),
        ({"keep": 2, "asynchronous": True}, "m m3 m4"),
    ],
)
def test_the_last_ones_stay(options, expected, setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8, **options)
    setup.new().told(max_samples=40, checkpoint_config=config)
    assert names(tmp_path) == expected


def test_the_last_ones_of_a_training_that_goes_on_stay(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8, keep=2)
    for samples in (24, 40):
        setup.new().told(max_samples=samples, checkpoint_config=config)
    assert names(tmp_path) == "m m3 m4"


def test_what_another_training_left_is_not_removed(setup, tmp_path):
    (tmp_path / "m7").write_text("a model that only has such a name")
    setup.new().told(max_samples=40, checkpoint_config=C.CheckpointConfig(tmp_path / "m", 8))
    first = C.CheckpointConfig(tmp_path / "m", 8, keep=9, restore=False)
    setup.new().told(max_samples=40, checkpoint_config=first)
    again = C.CheckpointConfig(tmp_path / "m", 8, keep=1, restore=False)
    setup.new().told(max_samples=16, checkpoint_config=again)
    assert (tmp_path / "m7").read_text() == "a model that only has such a name"
    (tmp_path / "m7").unlink()
    assert names(tmp_path) == "m m1 m2 m3 m4"


class Validated:
    """A training whose cross validations find the means that one asks for."""

    def __init__(self, setup, means, monkeypatch) -> None:
        self.training = setup.new()
        self.config = C.CrossValidationConfig(self.training.samples(10), 4, 5)
        self.seen: list[list[np.ndarray]] = []
        found = iter(means)

        def measured(*arguments):
            self.seen.append(values(self.training))
            return next(found), 10, 2

        monkeypatch.setattr("cntk.train.sessions.session.measured", measured)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("means", "best"),
    [([3, 1, 2], 1), ([1, 2, 3], 0), ([3, 2, 1], 2), ([float("nan"), 2, float("nan")], 1),
     ([5, 5, 5], 0)],
)  # fmt: skip
def test_the_best_one_stays(means, best, asynchronous, setup, tmp_path, monkeypatch):
    here = Validated(setup, means, monkeypatch)
    config = C.CheckpointConfig(tmp_path / "m", keep_best=True, asynchronous=asynchronous)
    session = here.training.session(max_samples=10, checkpoint_config=config, cv_config=here.config)
    session.train()
    assert names(tmp_path) == "m m.best"
    again = setup.new()
    again.trainer.restore_from_checkpoint(str(tmp_path / "m.best"))
    for ours, theirs in zip(values(again), here.seen[best], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_that_goes_on_knows_what_was_best(setup, tmp_path, monkeypatch):
    config = C.CheckpointConfig(tmp_path / "m", keep_best=True)
    for means, samples in (([3, 1], 8), ([2, 1.5], 16)):
        here = Validated(setup, means, monkeypatch)
        options = dict(checkpoint_config=config, cv_config=here.config)
        here.training.session(max_samples=samples, **options).train()
    assert read_pair(tmp_path / "m.best")[1]["ExternalState"]["CrossValidationMean"] == 1
    anew = C.CheckpointConfig(tmp_path / "m", keep_best=True, restore=False)
    here = Validated(setup, [7], monkeypatch)
    here.training.session(max_samples=4, checkpoint_config=anew, cv_config=here.config).train()
    assert read_pair(tmp_path / "m.best")[1]["ExternalState"]["CrossValidationMean"] == 7


def test_what_is_best_has_to_be_measured(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", keep_best=True)
    for validation in (None, C.CrossValidationConfig(frequency=4, callback=lambda *n: True)):
        with pytest.raises(ValueError, match="keep_best needs a cross validation on data"):
            setup.new().session(max_samples=8, checkpoint_config=config, cv_config=validation)


@pytest.mark.parametrize("keep", [0, -1, 1.5, "a"])
def test_wrong_numbers_to_keep(keep):
    with pytest.raises((ValueError, TypeError, OverflowError), match="keep"):
        C.CheckpointConfig("m", keep=keep)


def test_options_beside_those_of_the_original_have_names():
    with pytest.raises(TypeError):
        C.CheckpointConfig("m", 8, True, True, 3)


def goes_on_from(setup, config, capfd) -> list[str]:
    capfd.readouterr()
    setup.new().told(max_samples=48, checkpoint_config=config)
    return re.findall(r"from the checkpoint '.*?([^/']*)'", capfd.readouterr().err)


def test_the_newest_counts_whatever_its_name(setup, tmp_path, capfd):
    """A training was carried on and killed: the final checkpoint is older than the numbered."""
    config = C.CheckpointConfig(tmp_path / "m", 8, keep=9)
    setup.new().told(max_samples=16, checkpoint_config=config)
    old = {name: (tmp_path / name).read_bytes() for name in ("m", "m.ckp")}
    setup.new().told(max_samples=32, checkpoint_config=config)
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)
    assert goes_on_from(setup, config, capfd) == ["m3"]


@pytest.mark.parametrize("part", ["", ".ckp"])
def test_an_older_one_serves_where_the_newest_is_damaged(part, setup, tmp_path, capfd):
    config = C.CheckpointConfig(tmp_path / "m", 8, keep=9)
    whole = setup.new()
    whole.told(max_samples=48)
    setup.new().told(max_samples=28, checkpoint_config=config)
    for name in ("m", "m3"):
        damage(tmp_path / f"{name}{part}")
    assert goes_on_from(setup, config, capfd) == ["m", "m3", "m2"]
    again = setup.new()
    again.trainer.restore_from_checkpoint(str(tmp_path / "m"))
    for ours, theirs in zip(values(again), values(whole), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_none_is_whole(setup, tmp_path, capfd):
    config = C.CheckpointConfig(tmp_path / "m", 8, keep=9)
    setup.new().told(max_samples=8, checkpoint_config=config)
    for path in tmp_path.iterdir():
        damage(path)
    with pytest.raises(ValueError, match=r"/m, byte"):
        setup.new().told(max_samples=48, checkpoint_config=config)
    assert "It cannot be used" in capfd.readouterr().err


def test_a_model_that_is_no_checkpoint_is_not_written_over(setup, tmp_path):
    setup.new().z.save(str(tmp_path / "m"))
    content = (tmp_path / "m").read_bytes()
    with pytest.raises(ValueError, match=r"m\.ckp: the file cannot be read"):
        setup.new().told(max_samples=8, checkpoint_config=C.CheckpointConfig(tmp_path / "m"))
    assert (tmp_path / "m").read_bytes() == content


def test_a_checkpoint_of_another_network_is_refused(setup, tmp_path):
    config = C.CheckpointConfig(tmp_path / "m", 8, keep=2)
    setup.new().told(max_samples=8, checkpoint_config=config)
    x, y = C.input_variable(2), C.input_variable(1)
    z = C.times(x, C.parameter((2, 1)))
    trainer = C.Trainer(z, C.squared_error(z, y), C.sgd(z.parameters, 0.1))
    data = setup.features, setup.targets
    with pytest.raises(ValueError, match="the checkpoint's learner has 2 parameters"):
        C.training_session(trainer, data, 4, None, max_samples=8, checkpoint_config=config).train()


class Held:
    """Holds up the writing in the background until one lets it go on."""

    def __init__(self, monkeypatch) -> None:
        self.may_go_on, self.written = threading.Event(), []
        made = session_checkpoints.checkpoint_of

        def held(trainer, external, memory=None):
            return _HeldCheckpoint(made(trainer, external, memory), self)

        monkeypatch.setattr(session_checkpoints, "checkpoint_of", held)


class _HeldCheckpoint:
    def __init__(self, checkpoint, held) -> None:
        self._checkpoint, self._held = checkpoint, held

    def write(self, path) -> None:
        assert self._held.may_go_on.wait(60)
        self._checkpoint.write(path)
        self._held.written.append(path)


def test_training_goes_on_while_a_copy_is_written(setup, tmp_path, monkeypatch):
    held, here = Held(monkeypatch), setup.new()
    seen = []

    class Session(C.train.TrainingSession):
        def on_minibatch_end(self):
            seen.append((values(here), list(held.written)))
            if len(seen) == 5:
                held.may_go_on.set()

    config = C.CheckpointConfig(tmp_path / "m", (3, C.train.DataUnit.minibatch), keep=9,
                                asynchronous=True)  # fmt: skip
    Session(
        here.trainer, here.source, 4, here.mapping, max_samples=20, checkpoint_config=config
    ).train()
    assert all(not written for _, written in seen[3:5])
    again = setup.new()
    again.trainer.restore_from_checkpoint(str(tmp_path / "m0"))
    for ours, theirs in zip(values(again), seen[2][0], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert names(tmp_path) == "m m0 m1"


@pytest.mark.parametrize("frequency", [8, None])
def test_an_error_in_the_background_comes_with_the_next_or_at_the_end(frequency, setup, tmp_path):
    (tmp_path / "file").write_text("no folder")
    config = C.CheckpointConfig(tmp_path / "file" / "m", frequency, asynchronous=True)
    with pytest.raises(ModelFileAccessError, match="file/m: the file cannot be written"):
        setup.new().told(max_samples=20, checkpoint_config=config)
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_crash_of_the_training_keeps_what_was_begun(setup, tmp_path):
    here = setup.new()

    class Session(C.train.TrainingSession):
        def on_minibatch_end(self):
            if self.progress.samples > 8:
                raise ZeroDivisionError

    config = C.CheckpointConfig(tmp_path / "m", 8, asynchronous=True)
    session = Session(
        here.trainer, here.source, 4, here.mapping, max_samples=20, checkpoint_config=config
    )
    with pytest.raises(ZeroDivisionError):
        session.train()
    session._checkpoints.finish()
    assert names(tmp_path) == "m"
    again = setup.new()
    again.trainer.restore_from_checkpoint(str(tmp_path / "m"))
    assert again.trainer.total_number_of_samples_seen == 8


def test_a_checkpoint_of_the_original_serves_as_before(setup, tmp_path):
    """Its files have no checksums."""
    config = C.CheckpointConfig(tmp_path / "m")
    setup.new().told(max_samples=8, checkpoint_config=config)
    model, state, _ = read_pair(tmp_path / "m")
    del state["model_file"]
    for path, part in ((tmp_path / "m", model), (tmp_path / "m.ckp", state)):
        write_dictionary(path, part)
        path.write_bytes(path.read_bytes()[15:])  # what begins the file is the checksum
    assert setup.new().told(max_samples=16, checkpoint_config=config) == "u0-2 u2-6 u6-8 S2:8/3"
