"""Noting SIGTERM. (Whole trainings that it ends: tests/sessions/test_interrupts.py.)"""

from __future__ import annotations

import signal
import threading

import pytest

from cntk.train.sessions.termination import Termination


@pytest.fixture
def told():
    """Have a handler that notes the signal, in the place of that which ends the process."""
    found: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield None
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: found.append(number))
    yield found
    signal.signal(signal.SIGTERM, before)


def test_a_handler_of_before_is_called_when_the_block_follows(told):
    termination = Termination()
    if told is None:
        return
    with termination.noted():
        signal.raise_signal(signal.SIGTERM)
        assert termination.is_requested and told == []
        termination.follow()
        assert not termination.is_requested and told == [signal.SIGTERM]
    assert told == [signal.SIGTERM]


def test_a_signal_that_the_block_has_not_followed_is_not_lost(told):
    if told is None:
        return
    with pytest.raises(ZeroDivisionError), Termination().noted():
        signal.raise_signal(signal.SIGTERM)
        raise ZeroDivisionError
    assert told == [signal.SIGTERM]


def test_without_a_handler_it_is_the_exit_of_a_terminated_process():
    with pytest.raises(SystemExit) as raised:
        Termination().follow()
    assert raised.value.code == 143


def test_another_thread_changes_no_handler():
    found = []

    def work():
        before = signal.getsignal(signal.SIGTERM)
        with Termination().noted():
            found.append(signal.getsignal(signal.SIGTERM) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [True]
