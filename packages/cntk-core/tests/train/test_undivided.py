"""Blocks that Ctrl-C ends after, not within."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from cntk.train.undivided import Undivided


def in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@pytest.fixture(autouse=True)
def handler():
    """Have the handler that Python begins with, and check that it is back."""
    if not in_main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def test_the_block_ends_before_the_interrupt():
    if not in_main_thread():
        return
    done = []
    with pytest.raises(KeyboardInterrupt), Undivided():
        os.kill(os.getpid(), signal.SIGINT)
        done.append(sum(range(1000)))
    assert done == [499500]


def test_an_error_of_the_block_is_the_context_of_the_interrupt():
    if not in_main_thread():
        return
    with pytest.raises(KeyboardInterrupt) as raised, Undivided():
        os.kill(os.getpid(), signal.SIGINT)
        raise ZeroDivisionError
    assert isinstance(raised.value.__context__, ZeroDivisionError)


def test_a_handler_of_the_user_is_called_at_the_end():
    if not in_main_thread():
        return
    told = []
    signal.signal(signal.SIGINT, lambda number, frame: told.append(number))
    with Undivided():
        os.kill(os.getpid(), signal.SIGINT)
        assert told == []
    assert told == [signal.SIGINT]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_signal_that_is_ignored_stays_ignored():
    if not in_main_thread():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Undivided():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.signal(signal.SIGINT, signal.default_int_handler) is signal.SIG_IGN


def test_other_threads_are_not_interrupted_and_need_nothing():
    done = []

    def work():
        with Undivided():
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
