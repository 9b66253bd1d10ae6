"""Work in the background."""

from __future__ import annotations

import threading

import pytest

from cntk.train.sessions.background import Background


def test_one_piece_of_work_at_a_time():
    background, gate, done = Background(), threading.Event(), []

    def first():
        assert gate.wait(60)
        done.append(1)

    background.start(first)
    assert done == []
    threading.Timer(0.05, gate.set).start()
    background.start(lambda: done.append(2))
    assert done[0] == 1
    background.wait()
    assert done == [1, 2]


def test_an_error_comes_once_with_the_next_call():
    background = Background()

    def fail():
        raise OSError("no space")

    background.start(fail)
    with pytest.raises(OSError, match="no space"):
        background.start(lambda: None)
    background.wait()
    background.start(fail)
    with pytest.raises(OSError, match="no space"):
        background.wait()
    background.wait()
