"""Mutants of files are loaded, or refused with the place: no crash, no hang, no import, no bloat.

``python -m tests.files.mutants 1000000`` tries as many as one likes.
"""

from __future__ import annotations

import json
import random
import warnings

import pytest

from cntk.commands.inspect_file import report
from cntk.errors import ArgumentError
from cntk.storage import ModelFileError

from . import mutants
from .test_checkpoints import FOLDER
from .trainers import CASES

LONGEST = 5.0  # seconds for one mutant of a few KB, on a machine that does much else
MOST_MEMORY = 100  # MB beside what the process held


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_ten_thousand_mutants_of_models_are_loaded_or_refused(seed):
    before = mutants.peak_memory()
    outcome = mutants.run(2000, seed)
    assert outcome["loaded"] > 100 and outcome["ModelFileError"] > 100
    assert outcome["slowest, ms"] < 1000 * LONGEST
    assert outcome["peak, MB"] - before < MOST_MEMORY


def test_mutants_are_models_before_they_are_changed():
    for content in mutants.sources().values():
        mutator = mutants.Mutator(content)
        mutator.mutant(random.Random(0))
        assert mutants.encoded(mutator._tree) == content
        for _, _, node in mutator._places:
            node.kept = None
        assert mutants.encoded(mutator._tree) == content


@pytest.mark.parametrize("name", ["dense_adam", "dense_schedule", "dense_two"])
def test_mutants_of_checkpoints_are_restored_or_refused_and_leave_no_trace(name, tmp_path):
    trainer, _ = CASES[name].trainer()
    path, chance = tmp_path / "a.ckpt", random.Random(name)
    path.write_bytes((FOLDER / f"{name}.ckpt").read_bytes())
    mutator = mutants.Mutator((FOLDER / f"{name}.ckpt.ckp").read_bytes())
    refused = 0
    for _ in range(300):
        (tmp_path / "a.ckpt.ckp").write_bytes(mutator.mutant(chance))
        before = trainer.total_number_of_samples_seen
        try:
            trainer.restore_from_checkpoint(path)
        except ModelFileError as error:
            assert error.offset is not None and str(error).startswith(f"{path}.ckp, byte ")
        except ArgumentError as error:
            assert "this" in str(error)  # a whole state, of other parameters or learners
        else:
            continue
        refused += 1
        assert trainer.total_number_of_samples_seen == before
    assert refused > 150


def test_mutants_of_models_are_restored_or_refused():
    from .networks import shared_parameters

    function, _ = shared_parameters()
    mutator = mutants.Mutator(mutants.sources()["shared_parameters"])
    chance, refused = random.Random(2), 0
    for _ in range(300):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function.restore(mutator.mutant(chance))
        except ModelFileError as error:
            assert error.offset is not None
            refused += 1
    assert refused > 150


def test_mutants_are_described_or_refused(tmp_path):
    """``python -m cntk inspect`` goes past values, and builds nothing."""
    path, chance, refused = tmp_path / "a.model", random.Random(3), 0
    mutators = [mutants.Mutator(content) for content in mutants.sources().values()]
    mutators.append(mutants.Mutator((FOLDER / "dense_two.ckpt.ckp").read_bytes()))
    for number in range(400):
        path.write_bytes(mutators[number % len(mutators)].mutant(chance))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert report(str(path)) and json.loads(report(str(path), as_json=True))
        except ModelFileError as error:
            assert error.offset is not None and error.file == str(path)
            refused += 1
    assert refused > 150
