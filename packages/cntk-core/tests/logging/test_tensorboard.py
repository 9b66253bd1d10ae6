"""TensorBoardProgressWriter can be imported, and says that it is to come."""

from __future__ import annotations

import pytest

from cntk.logging import TensorBoardProgressWriter

LATER = "later release.*ProgressWriter of your own"


class Unstarted(TensorBoardProgressWriter):
    """A subclass that starts nothing itself."""

    def __init__(self):
        self.values = []


def test_it_says_when_and_what_instead():
    with pytest.raises(NotImplementedError, match=LATER):
        TensorBoardProgressWriter(freq=10, log_dir="log")


@pytest.mark.parametrize(
    "method, arguments",
    [("write_value", ("a", 1, 2)), ("write_image", ("a", [], 2)), ("flush", ()), ("close", ())],
)
def test_nothing_is_lost_silently(method, arguments):
    with pytest.raises(NotImplementedError, match=LATER):
        getattr(Unstarted(), method)(*arguments)
