"""The older half of ProgressPrinter: update, epoch_summary, averages."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from cntk.logging import ProgressPrinter


def lines(capsys):
    text = re.sub(r"\d+\.\d{3}s \( *[\d.]+ samples/s\)", "TIME", capsys.readouterr().out)
    return text.splitlines()


def updated(capsys, number, metric, **settings):
    printer = ProgressPrinter(**settings)
    capsys.readouterr()
    for i in range(number):
        printer.update(1.0 / (i + 1), 10, *metric)
    return printer


def test_windows_and_summary(capsys):
    printer = updated(capsys, 5, [0.25], freq=2, tag="T", num_epochs=3)
    assert printer.epoch_summary(with_metric=True) == (pytest.approx(0.456667, abs=1e-6), 0.25, 50)
    assert lines(capsys) == [
        " Minibatch[   1-   2]: loss = 0.750000 * 20, metric = 25.00% * 20;",
        " Minibatch[   3-   4]: loss = 0.291667 * 20, metric = 25.00% * 20;",
        "Finished Epoch[1 of 3]: [T] loss = 0.456667 * 50, metric = 25.00% * 50 TIME;",
    ]


def test_without_a_metric(capsys):
    printer = updated(capsys, 2, [], freq=2)
    printer.epoch_summary()
    assert lines(capsys) == [
        " Minibatch[   1-   2]: loss = 0.750000 * 20;",
        "Finished Epoch[1]: loss = 0.750000 * 20 TIME;",
    ]


@pytest.mark.parametrize("metric, text", [([0.25], "       0.25       0.25"), ([], " " * 22)])
def test_rows(capsys, metric, text):
    printer = updated(capsys, 8, metric, freq=0)
    assert lines(capsys) == [
        f"        1          1{text}            10",
        f"    0.611      0.417{text}            30",
        f"     0.37       0.19{text}            70",
    ]
    assert printer.epoch_summary() is None and lines(capsys) == []


def test_first_minibatches_then_windows(capsys):
    updated(capsys, 6, [], freq=3, first=2)
    windows = [line[:22] for line in lines(capsys)]
    assert windows == [f" Minibatch[{a:4d}-{b:4d}]:" for a, b in [(1, 1), (2, 2), (3, 3), (4, 6)]]


def test_averages_and_resets(capsys):
    printer = updated(capsys, 3, [0.25], freq=2)
    averages = [
        printer.avg_loss_since_start,
        printer.avg_metric_since_start,
        printer.avg_loss_since_last,
        printer.avg_metric_since_last,
    ]
    assert [value() for value in averages] == pytest.approx([11 / 18, 0.25, 1 / 3, 0.25])
    printer.reset_last()
    assert [value() for value in averages] == pytest.approx([11 / 18, 0.25, 0, 0])
    printer.reset_start()
    assert [value() for value in averages] == [0, 0, 0, 0]


def test_epochs_begin_anew(capsys):
    printer = updated(capsys, 3, [], freq=2)
    printer.epoch_summary()
    printer.update(2.0, 10)
    printer.update(4.0, 10)
    printer.epoch_summary()
    assert lines(capsys)[2:] == [
        " Minibatch[   1-   2]: loss = 3.000000 * 20;",
        "Finished Epoch[2]: loss = 3.000000 * 20 TIME;",
    ]


def test_a_trainer_is_asked_for_its_last_minibatch(capsys):
    trainer = SimpleNamespace(
        previous_minibatch_sample_count=4,
        previous_minibatch_loss_average=0.5,
        previous_minibatch_evaluation_average=0.25,
    )
    printer = updated(capsys, 0, [], freq=1)
    printer.update_with_trainer(trainer, with_metric=True)
    printer.update_with_trainer(trainer)
    assert lines(capsys) == [
        " Minibatch[   1-   1]: loss = 0.500000 * 4, metric = 25.00% * 4;",
        " Minibatch[   2-   2]: loss = 0.500000 * 4;",
    ]


def test_a_trainer_before_training(capsys):
    printer = updated(capsys, 0, [], freq=1)
    printer.update_with_trainer(SimpleNamespace(previous_minibatch_sample_count=0))
    assert lines(capsys) == []
