from __future__ import annotations

import numpy as np

from cntk.memory import free_memory, wanted_memory


def test_what_an_array_wanted():
    try:
        np.empty((2**40, 2**10), np.float32)
    except MemoryError as error:
        (line,) = wanted_memory(error)
    assert line == "wanted    4.5 PB: [1099511627776 x 1024] float32"


def test_of_other_errors_nothing_is_known():
    assert list(wanted_memory(MemoryError("no"))) == []


def test_what_is_free():
    assert all(line.startswith("free      ") and line.endswith("B") for line in free_memory())


def test_a_system_that_does_not_tell(monkeypatch):
    def refuse(*given, **named):
        raise OSError

    monkeypatch.setattr("builtins.open", refuse)
    assert list(free_memory()) == []
