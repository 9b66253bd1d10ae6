"""Replacing files: the old content or the new, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from cntk.storage import ModelFileAccessError, atomic, replace_file, write_dictionary

posix = pytest.mark.skipif(os.name != "posix", reason="the system has no such files")


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    return path


def files(path):
    return sorted(os.listdir(path.parent))


def test_the_new_content_takes_the_place_of_the_old(old):
    with replace_file(old) as file:
        file.write(b"new")
        assert old.read_bytes() == b"old"
    assert old.read_bytes() == b"new"
    assert files(old) == ["model"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_content(old, error):
    with pytest.raises(error), replace_file(old) as file:
        file.write(b"half")
        raise error
    assert old.read_bytes() == b"old"
    assert files(old) == ["model"]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_failing_call_leaves_the_old_content(old, call, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    if call == "open":
        monkeypatch.setattr(atomic, "open", fail, raising=False)
    else:
        monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"), replace_file(old) as file:
        file.write(b"new")
    assert old.read_bytes() == b"old"
    assert files(old) == ["model"]


def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(old, monkeypatch):
    calls = []
    for name in ("fsync", "replace"):
        call = getattr(os, name)

        def record(*arguments, name=name, call=call):
            calls.append(name)
            return call(*arguments)

        monkeypatch.setattr(os, name, record)
    with replace_file(old) as file:
        file.write(b"new")
    assert calls[:2] == ["fsync", "replace"]
    assert calls[2:] == (["fsync"] if os.name == "posix" else [])


@posix
def test_rights_and_links_stay(old):
    old.chmod(0o640)
    link = old.with_name("link")
    link.symlink_to(old)
    with replace_file(link) as file:
        file.write(b"new")
    assert link.is_symlink() and old.read_bytes() == b"new"
    assert old.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_device_is_an_error_and_stays_a_device():
    with pytest.raises(ModelFileAccessError) as raised:
        write_dictionary("/dev/full", {"text": "x" * 100_000})
    assert raised.value.errno == 28
    assert os.path.exists("/dev/full") and not os.path.isfile("/dev/full")


SAVE_FOR_EVER = """
import sys
from cntk.storage import replace_file
while True:
    with replace_file(sys.argv[1]) as file:
        for _ in range(100):
            file.write(bytes(1000))
"""


@posix
def test_what_a_killed_process_left_is_removed(old):
    """And at every kill the file is whole: 100 000 bytes, never a part."""
    old.unlink()
    for i in range(5):
        saving = subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, str(old)])
        deadline = time.monotonic() + 30
        while not old.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.003 * i)
        saving.send_signal(signal.SIGKILL)
        saving.wait()
        assert old.stat().st_size == 100_000
        old.unlink()
    with replace_file(old) as file:
        file.write(b"new")
    assert files(old) == ["model"]


@posix
def test_what_another_process_is_writing_is_not_removed(old):
    with replace_file(old) as first:
        first.write(b"first")
        with replace_file(old) as second:
            second.write(b"second")
        assert old.read_bytes() == b"second"
    assert old.read_bytes() == b"first"
    assert files(old) == ["model"]


@posix
def test_files_that_only_look_similar_stay(old):
    similar = [".model.tmp", ".model.0123456789abcdef.tmp.model", ".other.0123456789abcdef.tmp"]
    abandoned = ".model.0123456789abcdef.tmp"
    for name in (*similar, abandoned):
        old.with_name(name).write_bytes(b"")
    with replace_file(old) as file:
        file.write(b"new")
    assert files(old) == sorted([*similar, "model"])
