"""Two files that change as one: killed or failing at any call, both are old or both are new."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import threading

import numpy as np
import pytest

from cntk.storage import (
    DamagedFileError,
    ModelFileAccessError,
    ModelFileError,
    describe_state,
    has_state,
    read_dictionary,
    read_pair,
    remove_pair,
    write_dictionary,
    write_pair,
)
from cntk.storage.dictionary import Dictionary, SizeT

from .faults import Disk, Killed

posix = pytest.mark.skipif(os.name != "posix", reason="the system has no such calls")


def pair(number: int) -> tuple[Dictionary, Dictionary]:
    values = np.full(100, number, np.float32)
    return Dictionary(values=values), Dictionary(number=SizeT(number), values=values)


def found(path) -> int | None:
    """Return the number of the pair that is there; None if there is no model."""
    if not os.path.exists(path):
        return None
    model, state, _ = read_pair(path)
    assert (model["values"] == state["number"]).all()
    assert (state["values"] == state["number"]).all()
    return int(state["number"])


def names(path) -> list[str]:
    return sorted(os.listdir(path.parent))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Do not wait for a real disk: thousands of times here; what is called when is tested."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m"


def test_the_new_pair_takes_the_place_of_the_old(path):
    for number in (1, 2):
        write_pair(path, *pair(number))
        assert found(path) == number
        assert names(path) == ["m", "m.ckp"]
    assert read_dictionary(path)["values"][0] == 2
    assert describe_state(path)["number"] == 2


# Where a process is killed, or loses its power: before each of its calls, and after the last.
@posix
@pytest.mark.parametrize("before", [None, 1], ids=["the first save", "a later save"])
@pytest.mark.parametrize("power", [False, True], ids=["killed", "power lost"])
def test_a_kill_at_any_call_leaves_the_old_pair_or_the_new(before, power, path, monkeypatch):
    outcomes = []
    for at in itertools.count(1):
        if before is not None:
            write_pair(path, *pair(before))
        with monkeypatch.context() as patch:
            disk = Disk(patch, at)
            with contextlib.suppress(Killed):
                write_pair(path, *pair(2))
        if not disk.has_struck:
            break
        if power:
            disk.lose_power()
        outcomes.append(found(path))
        write_pair(path, *pair(3))
        assert found(path) == 3
        assert names(path) == ["m", "m.ckp"]
        remove_pair(path)
    turn = outcomes.index(2)
    assert len(outcomes) > 25
    assert outcomes == [before] * turn + [2] * (len(outcomes) - turn)


@posix
def test_a_kill_while_a_killed_save_is_finished_loses_nothing(path, monkeypatch):
    """The second save finds a state that is still to take its place, and finishes that first."""
    for second in itertools.count(1):
        write_pair(path, *pair(2))
        path.with_name("m.ckp").rename(path.with_name("m.ckp.new"))
        with monkeypatch.context() as patch:
            disk = Disk(patch, second)
            with contextlib.suppress(Killed):
                write_pair(path, *pair(3))
        if not disk.has_struck:
            break
        assert found(path) in (2, 3)
    assert second > 30


@posix
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("before", [None, 1], ids=["the first save", "a later save"])
def test_a_failing_call_is_an_error_and_the_pair_is_whole(before, code, path, monkeypatch):
    for at in itertools.count(1):
        if before is not None:
            write_pair(path, *pair(before))
        outcome: object = 2
        with monkeypatch.context() as patch:
            disk = Disk(patch, at, OSError(code, os.strerror(code)))
            try:
                write_pair(path, *pair(2))
            except ModelFileAccessError as error:
                outcome = error
        if not disk.has_struck:
            break
        if isinstance(outcome, ModelFileAccessError):
            assert outcome.errno == code
            assert str(path) in str(outcome) and os.strerror(code) in str(outcome)
            assert found(path) in (before, 2)
        else:  # it was a call that saving does not depend on
            assert found(path) == 2, disk.log[at - 1]
        write_pair(path, *pair(3))
        assert found(path) == 3
        assert names(path) == ["m", "m.ckp"]
        remove_pair(path)
    assert at > 25


@posix
@pytest.mark.parametrize("before", [None, 1], ids=["the first save", "a later save"])
def test_an_interrupt_at_any_call_leaves_a_whole_pair_and_no_more(before, path, monkeypatch):
    for at in itertools.count(1):
        if before is not None:
            write_pair(path, *pair(before))
        with monkeypatch.context() as patch:
            disk = Disk(patch, at, KeyboardInterrupt())
            with contextlib.suppress(KeyboardInterrupt):
                write_pair(path, *pair(2))
        if not disk.has_struck:
            break
        assert found(path) in (before, 2)
        assert not [name for name in names(path) if name.endswith(".tmp")], disk.log[at - 1]
        write_pair(path, *pair(3))
        assert found(path) == 3
        assert names(path) == ["m", "m.ckp"]
        remove_pair(path)
    assert at > 25


def test_what_cannot_be_stored_is_refused_and_nothing_is_left(path):
    write_pair(path, *pair(1))
    for model, state in ((Dictionary(a=5), Dictionary()), (pair(2)[0], Dictionary(a=5))):
        with pytest.raises(TypeError, match="a cannot be stored"):
            write_pair(path, model, state)
        assert found(path) == 1
        assert names(path) == ["m", "m.ckp"]


def test_no_folder_no_file_and_no_place(path):
    path.write_text("a file")
    with pytest.raises(ModelFileAccessError, match="m/m: the file cannot be written"):
        write_pair(path / "m", *pair(1))
    (path.parent / "n.ckp").mkdir()
    with pytest.raises(ModelFileAccessError, match=r"n\.ckp: .*\n.*expected a regular file"):
        write_pair(path.parent / "n", *pair(1))
    assert names(path) == ["m", "n.ckp"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
def test_a_full_device_is_refused():
    with pytest.raises(ModelFileAccessError, match="/dev/full"):
        write_pair("/dev/full", *pair(1))


def test_files_of_two_pairs_are_refused(path):
    write_pair(path, *pair(1))
    other = path.with_name("other")
    write_pair(other, *pair(2))
    other.replace(path)
    with pytest.raises(DamagedFileError, match=r"m\.ckp: this state .* does not belong") as raised:
        read_pair(path)
    assert "checksum" in str(raised.value) and "Function.restore" in str(raised.value)


def test_a_model_of_another_program_is_no_part_of_our_pair(path):
    write_pair(path, *pair(1))
    content = path.read_bytes()
    path.write_bytes(content[15:])  # without the checksum, as CNTK 2.7 writes
    with pytest.raises(DamagedFileError, match="a model without checksum"):
        read_pair(path)


def test_a_pair_of_another_program_is_read_as_it_is(path):
    model, state = pair(1)
    write_dictionary(path, model)
    write_dictionary(f"{path}.ckp", state)
    assert found(path) == 1
    write_pair(path, *pair(2))
    assert found(path) == 2


@pytest.mark.parametrize("part", ["m", "m.ckp"])
def test_damage_is_noticed(part, path):
    write_pair(path, *pair(1))
    target = path.with_name(part)
    content = bytearray(target.read_bytes())
    content[-2] ^= 1
    target.write_bytes(content)
    with pytest.raises(DamagedFileError, match="changed since it was written"):
        read_pair(path)


def test_a_state_that_comes_and_is_damaged_does_not_matter_to_the_old_pair(path):
    write_pair(path, *pair(1))
    path.with_name("m.ckp.new").write_bytes(b"junk")
    assert found(path) == 1
    write_pair(path, *pair(2))
    assert names(path) == ["m", "m.ckp"]


def test_a_missing_state_is_named(path):
    write_pair(path, *pair(1))
    assert has_state(path)
    path.with_name("m.ckp").unlink()
    assert not has_state(path) and describe_state(path) is None
    with pytest.raises(ModelFileError, match=r"m\.ckp"):
        read_pair(path)


@posix
def test_rights_and_links_stay(path):
    write_pair(path, *pair(1))
    state = path.with_name("m.ckp")
    state.chmod(0o640)
    link = path.with_name("link")
    link.symlink_to(path)
    link.with_name("link.ckp").symlink_to(state)
    write_pair(link, *pair(2))
    assert link.is_symlink() and found(path) == 2
    assert state.stat().st_mode & 0o777 == 0o640


@posix
def test_two_who_save_at_once_leave_one_pair(path):
    def save(number: int) -> None:
        for _ in range(30):
            write_pair(path, *pair(number))

    threads = [threading.Thread(target=save, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert found(path) in (None, 1, 2, 3)
    for thread in threads:
        thread.join()
    assert found(path) in (1, 2, 3)
    assert names(path) == ["m", "m.ckp"]
