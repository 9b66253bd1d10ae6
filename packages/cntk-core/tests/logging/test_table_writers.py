"""Logs in JSON lines and comma-separated values, read back."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

import cntk as C
from cntk.logging import CSVProgressWriter, JSONLinesProgressWriter


def trained(*writers) -> None:
    x = C.input_variable(1)
    weight = C.parameter(1, init=2)
    loss = C.square(weight * x)
    learner = C.sgd([weight], C.learning_parameter_schedule_per_sample(1e-9))
    trainer = C.Trainer(None, (loss, weight * x), learner, list(writers))
    for _ in range(2):
        for _ in range(3):
            trainer.train_minibatch({x: np.ones((2, 1), "f")})
        trainer.summarize_training_progress()
    trainer.test_minibatch({x: np.ones((5, 1), "f")})
    trainer.summarize_test_progress()


def test_both_tell_the_same(tmp_path):
    paths = tmp_path / "log.jsonl", tmp_path / "log.csv"
    trained(JSONLinesProgressWriter(paths[0], freq=2), CSVProgressWriter(paths[1], freq=2))
    lines = [json.loads(line) for line in paths[0].read_text().splitlines()]
    with paths[1].open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [(line["event"], line["epoch"], line["minibatches"]) for line in lines]
    assert shown == [
        ("value", 1, 0), ("minibatch", 1, 2), ("epoch", 1, 3), ("minibatch", 2, 5),
        ("epoch", 2, 6), ("test", 3, 6),
    ]  # fmt: skip
    assert [line["samples"] for line in lines[1:]] == [4, 6, 4, 6, 5]
    assert [line["loss"] for line in lines[1:5]] == pytest.approx([4] * 4, rel=1e-5)
    assert [line["metric"] for line in lines[1:]] == pytest.approx([2] * 5, rel=1e-5)
    assert lines[0]["name"] == "Learning rate per 1 samples"
    assert [row["event"] for row in rows] == [line["event"] for line in lines]
    assert [float(row["loss"]) for row in rows[1:5]] == [line["loss"] for line in lines[1:5]]


def test_a_log_is_continued(tmp_path):
    for _ in range(2):
        CSVProgressWriter(tmp_path / "log.csv", freq=1).update_training(2, 1.0, None)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["event", "minibatch", "minibatch"]


def test_what_is_no_number_is_null(tmp_path):
    writer = JSONLinesProgressWriter(tmp_path / "log", freq=1)
    writer.update_training(2, float("nan"), None)
    assert json.loads((tmp_path / "log").read_text())["loss"] is None


def test_text_with_commas_and_quotes(tmp_path):
    writer = CSVProgressWriter(tmp_path / "log")
    writer.write('a, "b"\n', 1)
    with (tmp_path / "log").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == 'a, "b"\n'


@pytest.mark.parametrize("kind", [CSVProgressWriter, JSONLinesProgressWriter])
def test_a_file_that_cannot_be_written(kind, tmp_path):
    with pytest.raises(OSError, match="missing"):
        kind(tmp_path / "missing" / "log")
