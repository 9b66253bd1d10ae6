"""TrainingSummaryProgressCallback."""

from __future__ import annotations

import pytest

from cntk.logging import TrainingSummaryProgressCallback


def test_a_call_for_each_epoch():
    calls = []
    writer = TrainingSummaryProgressCallback(12, lambda *epoch: calls.append(epoch))
    for loss in (2.0, 3.0):
        writer.update_training(4, loss, 1.0)
    writer.write_training_summary(3.0, 1.0)
    writer.write_training_summary(0.0, 0.0)
    writer.update_test(4, 1.0)
    writer.write_test_summary(1.0)
    writer.write("key", 1)
    assert calls == [(0, 3.0, 1.0, 8), (1, 0.0, 0.0, 0)]


@pytest.mark.parametrize("size, error", [(-1, OverflowError), ("a", TypeError), (None, TypeError)])
def test_the_epoch_size_is_a_count(size, error):
    with pytest.raises(error, match="epoch_size is an integer"):
        TrainingSummaryProgressCallback(size, print)


def test_the_callback_is_a_function():
    with pytest.raises(TypeError, match="callback is a function of four arguments, not 5"):
        TrainingSummaryProgressCallback(12, 5)
