"""``python -m cntk convert`` between formats of data."""

from __future__ import annotations

import pytest

from cntk import plugins
from cntk.commands.run import main
from cntk.io._plugin import cntk_data_formats

TEXT = "0\t|w 3:1 |y 1:1\n0\t|w 1:0.5\n1\t|w 0:2 |y 0:1\n"
STREAMS = ["--stream", "w=10:sparse", "--stream", "y=3:sparse"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command in a folder with a text file, and what it prints."""
    brought = {each.name: (each, "cntk-readers") for each in cntk_data_formats()}
    monkeypatch.setattr(plugins, "data_formats", lambda: brought)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ctf").write_text(TEXT)

    def convert(*arguments: str) -> tuple[int, str]:
        status = main(["convert", *arguments])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return convert


def test_text_becomes_binary_and_text_again(run, tmp_path):
    assert run("a.ctf", "b.cbf", *STREAMS) == (0, "b.cbf: 2 sequences\n")
    assert run("b.cbf", "c.ctf") == (0, "c.ctf: 2 sequences\n")
    assert (tmp_path / "c.ctf").read_text() == TEXT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.ctf", "b.cbf"], "--stream features=784"),
        (["a.ctf", "b.cbf", "--stream", "w"], "--stream w: expected NAME=DIM"),
        (["a.ctf", "b.cbf", "--stream", "w=99999999999999999999"], "expected NAME=DIM"),
        (["a.ctf", "b.cbf", "--stream", "w=2:sparse"], "line 1, column 6"),
        (["a.ctf", "b.npz", *STREAMS], "b.npz is no file of data"),
        (["none.ctf", "b.cbf", *STREAMS], "'none.ctf' is not open"),
    ],
)
def test_a_mistake_is_a_line_and_leaves_no_file(run, tmp_path, arguments, message):
    status, printed = run(*arguments)
    assert status == 1 and message in printed
    assert [path.name for path in tmp_path.iterdir()] == ["a.ctf"]
