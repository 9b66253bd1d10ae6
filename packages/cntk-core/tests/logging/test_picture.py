from __future__ import annotations

import shutil
import stat

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
    assert '[shape=box, label="ReLU\\ny"]' in text
    assert "Input('x', [#], [2])" in text
    assert text.count(" -> ") == 2


def test_names_cannot_end_a_string_of_the_dot_file():
    x = C.input_variable(1, name='a"];\\')
    text = picture.dot_text([C.exp(x).root_function])
    assert "a\\\"];\\\\'" in text


def test_other_endings(function, tmp_path):
    with pytest.raises(ValueError, match="only file extensions .* are supported, not 'model.foo'"):
        plot(function, tmp_path / "model.foo")


def test_a_picture_without_graphviz(function, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ImportError, match="needs Graphviz.*\n  try: install graphviz"):
        plot(function, tmp_path / "model.png")


def program(folder, body):
    """Return a stand-in for Graphviz."""
    path = folder / "dot"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_picture_is_drawn_by_graphviz(function, tmp_path, monkeypatch):
    stand_in = program(tmp_path, 'cat > "$3"; echo "$1" >> "$3"')
    monkeypatch.setattr(shutil, "which", lambda name: stand_in)
    plot(function, tmp_path / "model.SVG")
    written = (tmp_path / "model.SVG").read_text(encoding="utf-8")
    assert written.startswith("digraph model {") and written.endswith("-Tsvg\n")


def test_what_graphviz_says_of_an_error(function, tmp_path, monkeypatch):
    stand_in = program(tmp_path, "echo no such format >&2; exit 1")
    monkeypatch.setattr(shutil, "which", lambda name: stand_in)
    with pytest.raises(RuntimeError, match="Graphviz could not write .*: no such format"):
        plot(function, tmp_path / "model.pdf")
