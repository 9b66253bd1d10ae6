from __future__ import annotations

import importlib.machinery
import importlib.util
import pathlib
import shutil
import stat
import sys
import time
import types
from xml.etree import ElementTree

import pytest

import cntk as C
from cntk.logging import picture, plot


@pytest.fixture
def function():
    x = C.input_variable(2, name="x")
    return C.relu(C.exp(x), name="y")


def test_a_text_file_holds_the_text(function, tmp_path):
    text = plot(function, tmp_path / "model.txt")
    assert (tmp_path / "model.txt").read_text(encoding="utf-8") == text


def test_a_dot_file_holds_functions_variables_and_edges(function, tmp_path):
    plot(function, str(tmp_path / "model.dot"))
    text = (tmp_path / "model.dot").read_text(encoding="utf-8")
    assert text.startswith("digraph model {") and text.endswith("}\n")
    assert 'label="ReLU\\ny\\n' in text
    assert "Input('x', [#], [2])" in text
    assert text.count(" -> ") >= 2


def test_an_svg_file_takes_no_program(function, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    plot(function, tmp_path / "model.SVG")
    root = ElementTree.parse(tmp_path / "model.SVG").getroot()
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert ["x", "Exp", "ReLU"] == [text for text in texts if text in ("x", "Exp", "ReLU")]


def test_a_notebook_shows_the_picture_of_a_small_graph(function, monkeypatch):
    assert function._repr_svg_().startswith("<svg ")
    monkeypatch.setattr(picture, "MOST_IN_NOTEBOOK", 2)
    assert function._repr_svg_() is None


def test_a_large_graph_is_drawn_soon(tmp_path):
    x = f = C.input_variable(2, name="x")
    for _ in range(400):
        f = C.plus(C.relu(f), x)
    began = time.process_time()
    plot(f, tmp_path / "model.svg")
    assert time.process_time() - began < 3
    assert f._repr_svg_() is None


@pytest.mark.parametrize("ending", ["txt", "dot", "svg"])
def test_a_name_with_half_a_sign(tmp_path, ending):
    x = C.input_variable(2, name="a\ud800b")
    plot(C.relu(x, name="\udfff"), tmp_path / f"model.{ending}")
    assert (tmp_path / f"model.{ending}").read_text(encoding="utf-8")


def test_other_endings(function, tmp_path):
    with pytest.raises(ValueError, match="only file extensions .* are supported, not 'model.foo'"):
        plot(function, tmp_path / "model.foo")


def test_a_picture_without_graphviz(function, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"needs Graphviz.*\n  try: plot\(f, 'model.svg'\)"):
        plot(function, tmp_path / "model.png")


def test_a_picture_is_drawn_by_cairosvg(function, tmp_path, monkeypatch):
    def write(bytestring, write_to):
        pathlib.Path(write_to).write_bytes(bytestring)

    stand_in = types.ModuleType("cairosvg")
    stand_in.svg2png, stand_in.__spec__ = write, importlib.machinery.ModuleSpec("cairosvg", None)
    monkeypatch.setitem(sys.modules, "cairosvg", stand_in)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    plot(function, tmp_path / "model.png")
    assert (tmp_path / "model.png").read_bytes().startswith(b"<svg ")


def program(folder, body):
    """Return a stand-in for Graphviz."""
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_picture_is_drawn_by_graphviz(function, tmp_path, monkeypatch):
    stand_in = program(tmp_path, 'cat > "$3"; echo "$1" >> "$3"')
    monkeypatch.setattr(shutil, "which", lambda name: stand_in)
    plot(function, tmp_path / "model.PNG")
    written = (tmp_path / "model.PNG").read_text(encoding="utf-8")
    assert written.startswith("digraph model {") and written.endswith("-Tpng\n")


def test_what_graphviz_says_of_an_error(function, tmp_path, monkeypatch):
    stand_in = program(tmp_path, "echo no such format >&2; exit 1")
    monkeypatch.setattr(shutil, "which", lambda name: stand_in)
    with pytest.raises(RuntimeError, match="Graphviz could not write .*: no such format"):
        plot(function, tmp_path / "model.pdf")
