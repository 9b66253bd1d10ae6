"""The error class of files."""

from __future__ import annotations

import pickle

import pytest

import cntk as C
from cntk.storage import ModelFileAccessError, ModelFileError


@pytest.mark.parametrize("caught", [ValueError, RuntimeError])
def test_both_classes_of_the_original_catch_it(caught):
    with pytest.raises(caught):
        raise ModelFileError("no values")


def test_the_text_says_where_what_and_how_to_go_on():
    error = ModelFileError(
        "no values",
        file="a.model",
        offset=8,
        where="inputs[1]",
        expected="2",
        actual=0,
        hint="save it again",
    )
    assert str(error) == (
        "a.model, byte 8, in inputs[1]: no values\n  expected 2\n  actual   0\n  try: save it again"
    )


def test_it_crosses_to_another_process():
    error = ModelFileError("no values", file="a.model", offset=8)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.file, again.offset) == (str(error), "a.model", 8)


def test_an_error_of_the_operating_system_keeps_its_number():
    error = ModelFileAccessError.wrap(OSError(28, "No space left"), "a.model", "cannot be written")
    assert (error.errno, error.filename) == (28, "a.model")
    assert str(error) == "a.model: cannot be written\n  actual   No space left"


def test_a_relative_name_that_is_not_there_is_told_with_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="absent.model: the file cannot be read") as raised:
        C.load_model("absent.model")
    assert f"relative names are looked up in {tmp_path}" in str(raised.value)
    with pytest.raises(ValueError, match="absent.model: the file cannot be read") as raised:
        C.load_model(str(tmp_path / "absent.model"))
    assert "looked up" not in str(raised.value)
