from __future__ import annotations

import pytest

from .speech_files import FRAMES, write_archive

SCRIPT = "utt1=.../a.fea[0,3]\nutt2=.../a.fea[4,9]\nutt3=.../b.fea[2,4]\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two archives."""
    write_archive(tmp_path / "a.fea", FRAMES)
    write_archive(tmp_path / "b.fea", FRAMES + 100)
    return tmp_path


@pytest.fixture
def script():
    """Return a script of three utterances in them."""
    return SCRIPT
