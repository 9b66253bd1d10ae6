"""ProgressPrinter: the lines of CNTK 2.7, byte for byte but for times."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cntk.logging import ProgressPrinter

RECORDED = json.loads((Path(__file__).parent / "data" / "progress_lines.json").read_text())


def without_times(text):
    """Return the lines, without times."""
    text = re.sub(r"\d+\.\d{3}s \( *[\d.]+ samples/s\)", "0.000s (  0.0 samples/s)", text)
    return text.split("\n")[:-1]


@pytest.mark.parametrize(
    "run", RECORDED["printed"], ids=lambda r: f"{r['scenario']} {r['settings']}"
)
def test_lines_are_those_of_the_original(run, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printer = ProgressPrinter(**run["settings"])
    for name, *arguments in RECORDED["scenarios"][run["scenario"]]:
        getattr(printer, name)(*arguments)
    printer.end_progress_print("bye")
    screen = capsys.readouterr().out
    assert without_times(screen) == run["screen"]
    files = [path.read_text() for path in tmp_path.iterdir()]
    assert [without_times(text) for text in files] == ([run["file"]] if run["file"] else [])


def test_the_facts_about_the_build(capsys):
    ProgressPrinter()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == lines[-1] == "-" * 67 and lines[1:3] == ["Build info: ", ""]
    assert all(re.fullmatch(r"\t\t[\w ]+: \S.*", line) for line in lines[3:-1])


@pytest.fixture
def printer(capsys):
    printer = ProgressPrinter(freq=2, test_freq=1)
    capsys.readouterr()
    return printer


@pytest.mark.parametrize(
    "method, arguments, line",
    [
        (
            "on_write_training_update",
            [(10, 1000000), (2, 123456), (1.0, float("nan")), (2.0, float("inf"))],
            " Minibatch[   3-123456]: loss = nan * 999990, metric = inf% * 999990;",
        ),
        (
            "on_write_training_update",
            [(10, 20), (2, 3), (1.0, 1e9), (2.0, 1e9)],
            " Minibatch[   3-   3]: loss = 99999999.900000 * 10, metric = 9999999980.00% * 10;",
        ),
        (
            "on_write_training_update",
            [(0, 10), (0, 2), (1.0, 3.0), None],
            " Minibatch[   1-   2]: loss = 0.200000 * 10;",
        ),
        (
            "on_write_test_update",
            [(0, 0), (0, 2), (2.0, 5.0)],
            " Evaluation Minibatch[   1-   2]: metric = 0.00% * 0;",
        ),
        (
            "on_write_distributed_sync_update",
            [(10, 30), (2, 5), (3.0, 9.0)],
            "Distributed training: #Syncs elapsed = 3, #Samples elapsed = 20",
        ),
        (
            "on_write_training_summary",
            [8, 3, 1, 4.8, 0.4, 1234],
            "Finished Epoch[1]: loss = 0.600000 * 8, metric = 5.00% * 8 1.234s (  6.5 samples/s);",
        ),
        (
            "on_write_training_summary",
            [20, 3, 2, 12.0, None, 0],
            "Finished Epoch[2]: loss = 0.600000 * 20 0.000s (  0.0 samples/s);",
        ),
        (
            "on_write_training_summary",
            [10**8, 0, 12345, 12.0, None, 1],
            "Finished Epoch[12345]: loss = 0.000000 * 100000000 0.001s (100000000000.0 samples/s);",
        ),
        ("log", [3], "3"),
        ("write", ["Momentum per 2 samples", 0.8], "Momentum per 2 samples: 0.8"),
    ],
)
def test_single_lines_as_the_original_prints_them(printer, capsys, method, arguments, line):
    getattr(printer, method)(*arguments)
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize(
    "method, arguments, line",
    [
        (
            "on_write_training_update",
            [(0, 10), (0, 2), (1.0, 3.0), (2.0, 5.0)],
            "      0.3        0.2        0.5        0.3            10",
        ),
        (
            "on_write_training_update",
            [(10, 100000000000), (2, 123456), (1.0, float("nan")), (2.0, float("inf"))],
            "      nan        nan        inf        inf    100000000000",
        ),
        (
            "on_write_training_update",
            [(0, 10), (0, 2), (1.0, 3.0), None],
            "      0.3        0.2                                  10",
        ),
        (
            "on_write_test_update",
            [(0, 10), (0, 2), (1.0, 3.0)],
            "                            0.3        0.2            10",
        ),
        (
            "on_write_test_update",
            [(0, 10), (0, 2), None],
            "                                                      10",
        ),
    ],
)
def test_single_rows_as_the_original_prints_them(capsys, method, arguments, line):
    printer = ProgressPrinter(freq=0, test_freq=0)
    capsys.readouterr()
    getattr(printer, method)(*arguments)
    assert capsys.readouterr().out == line + "\n"


def test_a_log_can_be_read_while_it_grows(tmp_path):
    printer = ProgressPrinter(freq=1, log_to_file=str(tmp_path / "log"))
    printer.update_training(4, 2.0, 1.0)
    last = (tmp_path / "log").read_text().splitlines()[-1]
    assert last == " Minibatch[   1-   1]: loss = 0.500000 * 4, metric = 25.00% * 4;"


def test_an_old_log_is_replaced(tmp_path):
    path = tmp_path / "logrank2"
    path.write_text("of yesterday\n")
    printer = ProgressPrinter(log_to_file=str(tmp_path / "log"), rank=2)
    assert printer.logfilename == str(path) and "yesterday" not in path.read_text()


def test_a_log_that_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError):
        ProgressPrinter(log_to_file=str(tmp_path / "nowhere" / "log"))


def test_a_sign_of_life_every_ten_seconds(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("cntk.logging.progress_printer.time.monotonic", lambda: now[0])
    printer = ProgressPrinter(gen_heartbeat=True)
    capsys.readouterr()
    beats = []
    for _ in range(12):
        now[0] += 2.5
        printer.update_training(4, 1.0, 1.0)
        beats.append(capsys.readouterr().out)
    beat = "PROGRESS: 0.00%\n"
    assert [i for i, out in enumerate(beats) if out == beat] == [0, 5, 10]


def test_no_sign_of_life_unless_wanted(printer, capsys):
    printer.on_training_update_end()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "settings, error",
    [
        (dict(freq=-1), OverflowError),
        (dict(freq="a"), TypeError),
        (dict(freq=2.0), TypeError),
        (dict(first=-1), OverflowError),
        (dict(test_freq=-3), OverflowError),
    ],
)
def test_frequencies_are_counts(settings, error):
    with pytest.raises(error, match="is an integer"):
        ProgressPrinter(**settings)
