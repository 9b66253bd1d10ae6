"""TensorBoardProgressWriter can be imported, and says that it is to come."""

from __future__ import annotations

import pytest

from cntk.logging import TensorBoardProgressWriter


def test_it_says_when_and_what_instead():
    with pytest.raises(NotImplementedError, match="later release.*ProgressWriter of your own"):
        TensorBoardProgressWriter(freq=10, log_dir="log")
