"""ValueReport: when CNTK 2.7 writes a learning rate, and how it calls it."""

from __future__ import annotations

import pytest

from cntk.logging.progress_writer import ProgressWriter
from cntk.logging.value_report import ValueReport


class Keys(ProgressWriter):
    def __init__(self):
        super().__init__()
        self.lines = []

    def write(self, key, value):
        self.lines.append((key, value))


@pytest.mark.parametrize(
    "size, key",
    [
        (0, "Learning rate per minibatch"),
        (1, "Learning rate per 1 samples"),
        (4, "Learning rate per 4 samples"),
    ],
)
def test_names(size, key):
    writer = Keys()
    ValueReport("Learning rate").tell([writer], 0.1, size)
    assert writer.lines == [(key, 0.1)]


def test_changes_go_to_all_writers():
    writers = [Keys(), Keys()]
    report = ValueReport("Momentum")
    for value in (0.9, 0.9, 0.0, 0.0, 0.9):
        report.tell(writers, value, 0)
    for writer in writers:
        assert [value for _, value in writer.lines] == [0.9, 0.0, 0.9]


def test_the_same_value_for_another_size_is_no_change():
    writer = Keys()
    report = ValueReport("Learning rate")
    report.tell([writer], 0.1, 0)
    report.tell([writer], 0.1, 4)
    assert writer.lines == [("Learning rate per minibatch", 0.1)]
