"""Files that a map names: found in its folder, never outside of it."""

from __future__ import annotations

import os
import threading
import time
import zipfile

import pytest

from cntk.io.deserializers.image import places
from cntk.io.deserializers.image.places import ImageFiles
from cntk.io.deserializers.image.unreadable import Unreadable


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A map's folder, with the current folder beside it."""
    for name, content in (
        ("data/a.png", b"of the map"),
        ("data/in/b.png", b"in a folder"),
        ("here/a.png", b"current"),
        ("here/only.png", b"only here"),
        ("outside.png", b"secret"),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "data"


@pytest.fixture
def files(folder):
    return ImageFiles(str(folder / "map.txt"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"of the map"),
        (".../a.png", b"of the map"),
        ("in/b.png", b"in a folder"),
        ("in\\b.png", b"in a folder"),
        ("./in/../a.png", b"of the map"),
        ("only.png", b"only here"),
    ],
)
def test_names_are_of_the_maps_folder_and_then_of_the_current_one(files, name, content):
    assert files.read(name) == content


def test_whole_paths_inside_the_folders_are_read(files, folder):
    assert files.read(str(folder / "a.png")) == b"of the map"
    assert files.read(str(folder.parent / "here" / "only.png")) == b"only here"


@pytest.mark.parametrize("name", ["../outside.png", "in/../../outside.png", ".../../outside.png"])
def test_names_that_leave_the_folders_are_refused(files, name):
    with pytest.raises(Unreadable, match="give roots") as caught:
        files.read(name)
    assert "secret" not in str(caught.value)


def test_links_that_leave_the_folders_are_refused(files, folder):
    os.symlink(folder.parent / "outside.png", folder / "link.png")
    os.symlink(folder.parent, folder / "up")
    os.symlink(folder / "a.png", folder / "inner.png")
    assert files.read("inner.png") == b"of the map"
    for name in ("link.png", "up/outside.png"):
        with pytest.raises(Unreadable, match="give roots"):
            files.read(name)


def test_a_folder_with_the_same_beginning_is_another_one(files, folder):
    (folder.parent / "data2").mkdir()
    (folder.parent / "data2" / "x.png").write_bytes(b"x")
    with pytest.raises(Unreadable, match="give roots"):
        files.read("../data2/x.png")


def test_other_folders_can_be_allowed(folder):
    files = ImageFiles(str(folder / "map.txt"), [folder.parent])
    assert files.read("../outside.png") == b"secret"
    files = ImageFiles(str(folder / "map.txt"), ["/"])
    assert files.read(str(folder.parent / "outside.png")) == b"secret"
    files = ImageFiles(str(folder / "map.txt"), [folder / "in"])
    with pytest.raises(Unreadable):
        files.read("a.png")


@pytest.mark.parametrize("name", ["nope.png", "in", "", ".", "in/", "a.png/x", "a\0b", "x" * 5000])
def test_what_is_no_file_is_refused(files, name):
    with pytest.raises(Unreadable):
        files.read(name)


def test_a_pipe_is_refused_without_waiting(files, folder):
    os.mkfifo(folder / "pipe.png")
    begin = time.process_time()
    with pytest.raises(Unreadable, match="which is none"):
        files.read("pipe.png")
    assert time.process_time() - begin < 0.1


def test_a_large_file_is_refused_before_it_is_read(files, folder):
    with open(folder / "large.png", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(Unreadable, match="at most 134217728 bytes"):
        files.read("large.png")


@pytest.fixture
def archive(folder):
    path = folder / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jpg", b"inside")
        file.writestr("sub/c.jpg", b"deeper")
    return path


def test_images_in_a_zip_file(files, archive):
    assert files.read("data.zip@/a.jpg") == b"inside"
    assert files.read(".../data.zip@/sub/c.jpg") == b"deeper"
    assert files.read(f"{archive}@/a.jpg") == b"inside"


def test_threads_share_a_zip_file(files, archive):
    found, names = [], ["data.zip@/a.jpg", "data.zip@/sub/c.jpg"] * 50
    threads = [
        threading.Thread(target=lambda: found.extend(map(files.read, names))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(found)) == [b"deeper", b"inside"] and len(found) == 400


@pytest.mark.parametrize("name", ["data.zip@/nope.jpg", "no.zip@/a.jpg", "data.zip@/"])
def test_what_is_not_in_a_zip_file_is_refused(files, archive, name):
    with pytest.raises(Unreadable, match="Cannot open file"):
        files.read(name)


def test_a_zip_file_outside_is_refused(files, folder, archive):
    archive.rename(folder.parent / "data.zip")
    with pytest.raises(Unreadable, match="give roots"):
        files.read("../data.zip@/a.jpg")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(files, folder, monkeypatch):
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(1 << 20))
    monkeypatch.setattr(places, "LARGEST_FILE", 1000)
    with pytest.raises(Unreadable, match="at most 1000 bytes"):
        files.read("bomb.zip@/a.jpg")


def test_damaged_zip_files_are_refused(folder, archive):
    whole = archive.read_bytes()
    for cut in range(0, len(whole), 7):
        for damaged in (whole[:cut], whole[:cut] + b"\xff" + whole[cut + 1 :]):
            archive.write_bytes(damaged)
            files = ImageFiles(str(folder / "map.txt"))
            try:
                assert files.read("data.zip@/a.jpg") == b"inside"
            except Unreadable as error:
                assert "data.zip" in str(error)
