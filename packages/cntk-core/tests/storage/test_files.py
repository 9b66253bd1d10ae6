"""Whole files: what goes in comes out, from paths and from bytes, in both layouts."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
from hypothesis import given, settings

from cntk.storage import (
    Dictionary,
    ForeignFileError,
    ModelFileAccessError,
    SizeT,
    dictionary_bytes,
    read_dictionary,
    seal,
    write_dictionary,
)

from .samples import DICTIONARIES, GOLDEN_FILES, one_of_each, typed


@pytest.mark.parametrize("path", GOLDEN_FILES, ids=lambda path: path.name)
def test_golden_files_survive_a_round_trip(path):
    dictionary = read_dictionary(path)
    again = dictionary_bytes(dictionary)
    assert len(again) == path.stat().st_size + seal.FIELD_SIZE
    assert typed(read_dictionary(again)) == typed(dictionary)
    assert typed(read_dictionary(dictionary_bytes(dictionary, large=0))) == typed(dictionary)


def test_a_golden_model_reads_as_described():
    model = read_dictionary(next(path for path in GOLDEN_FILES if path.name == "mlp.model"))
    assert model.require("type", str) == "CompositeFunction"
    assert model.require("version", SizeT) == 3
    kinds = {leaf.require("kind", SizeT) for leaf in model.require("inputs", list)}
    assert kinds == {0, 2, 4}
    values = [leaf["value"] for leaf in model["inputs"] if "value" in leaf]
    assert all(value.dtype == np.float32 and value.flags.writeable for value in values)


@pytest.mark.parametrize("large", [2**31 - 1, 0], ids=["one message", "payload apart"])
@settings(max_examples=60, deadline=None)
@given(dictionary=DICTIONARIES)
def test_any_dictionary_survives_a_round_trip(dictionary, large):
    again = read_dictionary(dictionary_bytes(dictionary, large=large))
    assert typed(again) == typed(dictionary)


def test_every_type_survives_a_file(tmp_path):
    path = tmp_path / "größe.model"
    write_dictionary(path, one_of_each())
    assert typed(read_dictionary(path)) == typed(one_of_each())
    assert typed(read_dictionary(str(path))) == typed(one_of_each())
    assert path.read_bytes() == dictionary_bytes(one_of_each())


def test_arrays_need_not_be_contiguous_or_native():
    array = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
    for view in (array.T, array[:, ::2], array.astype(">f8"), array[:0]):
        again = read_dictionary(dictionary_bytes({"a": view}))["a"]
        np.testing.assert_array_equal(again, view)
        assert again.dtype == np.float64 and again.shape == view.shape


def test_a_missing_file_is_an_error_of_the_operating_system_too(tmp_path):
    with pytest.raises(ModelFileAccessError) as raised:
        read_dictionary(tmp_path / "no.model")
    assert isinstance(raised.value, OSError) and raised.value.errno == errno.ENOENT
    assert raised.value.filename == str(tmp_path / "no.model")
    assert str(raised.value) == (
        f"{tmp_path / 'no.model'}: the file cannot be read\n  actual   No such file or directory"
    )


def test_a_folder_to_write_to_is_made(tmp_path):
    write_dictionary(tmp_path / "new" / "deep" / "a.model", Dictionary())
    assert read_dictionary(tmp_path / "new" / "deep" / "a.model") == Dictionary()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelFileAccessError, match="cannot be written"):
        write_dictionary(tmp_path / "file" / "a.model", Dictionary())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ForeignFileError, match="no regular file"):
            read_dictionary(path)


def test_a_refused_value_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.model"
    write_dictionary(path, Dictionary(version=SizeT(1)))
    with pytest.raises(TypeError, match="SizeT or Int"):
        write_dictionary(path, Dictionary(version=2))
    assert read_dictionary(path) == {"version": 1}
    assert os.listdir(tmp_path) == ["a.model"]


def test_a_pipe_can_be_written():
    reading, writing = os.pipe()
    write_dictionary(f"/dev/fd/{writing}", one_of_each())
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert typed(read_dictionary(pipe.read())) == typed(one_of_each())
