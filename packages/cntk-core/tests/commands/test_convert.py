"""``python -m cntk convert``."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import plugins
from cntk.commands.convert import convert
from cntk.commands.run import main
from cntk.graph.files import FileFormat


@pytest.fixture
def model(tmp_path):
    x = C.input_variable(4, name="x")
    network = C.layers.Sequential([C.layers.Dense(3, name="hidden"), C.layers.Dense(2)])(x)
    network.save(tmp_path / "a.model")
    return network


def test_a_model_goes_through_both_kinds_of_weights_and_back(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["a.model", "b.npz"],
        ["b.npz", "c.safetensors"],
        ["c.safetensors", "d.dnn", "--network", "a.model"],
    ):
        assert main(["convert", *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "b.npz: 4 arrays",
        "c.safetensors: 4 arrays",
    ]
    data = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(C.load_model("d.dnn").eval(data), model.eval(data))


def test_weights_without_a_network_are_no_model(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["convert", "a.model", "b.npz"])
    assert main(["convert", "b.npz", "c.model"]) == 1
    assert "--network MODEL" in capsys.readouterr().err
    assert main(["convert", "a.model", "c.npz", "--network", "a.model"]) == 1
    assert "weights alone" in capsys.readouterr().err


def test_a_suffix_that_nobody_knows_is_named(model, tmp_path):
    with pytest.raises(ValueError, match=r"pip install cntk-onnx brings \.onnx"):
        convert(str(tmp_path / "a.model"), str(tmp_path / "a.onnx"))


def test_a_package_brings_a_format(model, tmp_path, monkeypatch):
    saved = []
    brought = FileFormat("ONNX", (".onnx",), lambda path: model, lambda f, path: saved.append(path))
    formats = {**plugins.file_formats(), "ONNX": (brought, "cntk-onnx")}
    monkeypatch.setattr(plugins, "file_formats", lambda: formats)
    path = str(tmp_path / "a.onnx")
    convert(str(tmp_path / "a.model"), path)
    model.save(path, format=C.ModelFormat.ONNX)
    assert saved == [path, path]
    assert C.load_model(path, format=C.ModelFormat.ONNX) is model


def test_a_model_without_a_suffix_is_read_as_models_are(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model.save("mm")
    assert main(["convert", "mm", "b.npz"]) == 0
    assert main(["convert", "b.npz", "c.dnn", "--network", "mm"]) == 0
    data = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(C.load_model("c.dnn").eval(data), model.eval(data))
