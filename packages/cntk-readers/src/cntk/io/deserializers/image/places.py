"""The files that a map names: found, kept inside of their folders, and read."""

from __future__ import annotations

import os
import stat
import threading
import zipfile
from functools import lru_cache

from cntk.io.deserializers.image.unreadable import Unreadable, shown

LARGEST_FILE = 128 << 20
"""Bytes of an encoded image that are read."""

_IN_ZIP = ".zip@"
_OWN_FOLDER = "..."


class ImageFiles:
    """Reads the images that a map file names.

    A relative name is looked up in the folder of the map file, and then in the current folder. A
    name of an image in a zip file is that of the zip file, ``@/``, and the name inside.

    Args:
        map_file: names beginning with ``.../`` are in its folder.
        roots: folders that images may lie in; default: those two.
    """

    def __init__(self, map_file: str, roots=None) -> None:
        self._folder = os.path.dirname(os.path.abspath(map_file))
        self._folders = (self._folder, os.getcwd())
        self._roots = tuple(os.path.realpath(root) for root in roots or self._folders)
        self._archives: dict[str, zipfile.ZipFile] = {}
        self._lock = threading.Lock()

    def read(self, name: str) -> bytes:
        """Return the bytes of an image.

        Raises:
            Unreadable: it is missing, not a file, too large, or outside of the folders.
        """
        before, mark, inner = name.partition("@")
        if mark and f"{before[-4:].lower()}@" == _IN_ZIP:
            return self._read_from_zip(before, inner.lstrip("/\\"))
        try:
            return _read_file(self._locate(name))
        except (OSError, ValueError) as error:
            raise _cannot_open(name, error) from None

    def _locate(self, name: str) -> str:
        """Return the path of a file that lies in one of the folders."""
        parts = name.replace("\\", "/") if os.sep == "/" and "\\" in name else name
        if parts.startswith(_OWN_FOLDER + "/"):
            parts = os.path.join(self._folder, parts[len(_OWN_FOLDER) + 1 :])
        path = os.path.join(self._folders[0], parts)
        if not os.path.isabs(parts) and not os.path.exists(path):
            path = os.path.join(self._folders[1], parts)
        folder, file = os.path.split(path)
        path = os.path.join(_real_folder(folder), file)
        if os.path.islink(path) or file in ("", ".", ".."):
            path = os.path.realpath(path)
        if not any(_is_inside(path, root) for root in self._roots):
            raise Unreadable(
                f"an image in {' or '.join(dict.fromkeys(self._roots))} "
                "(other folders: give roots=[...] to the deserializer)",
                shown(name),
            )
        return path

    def _read_from_zip(self, archive: str, inner: str) -> bytes:
        try:
            opened = self._archive(archive)
            info = opened.getinfo(inner)
            if info.file_size > LARGEST_FILE:
                raise Unreadable(f"at most {LARGEST_FILE} bytes", f"{info.file_size} in {archive}")
            with opened.open(info) as file:
                data = file.read(LARGEST_FILE + 1)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
            # RuntimeError: encrypted; NotImplementedError, of an unknown compression, is one too
            raise _cannot_open(f"{archive}@/{inner}", error) from None
        except Unreadable:
            raise
        except Exception as error:  # what decompressors raise: zlib.error, lzma.LZMAError, EOFError
            raise _cannot_open(f"{archive}@/{inner}", error) from None
        if len(data) > LARGEST_FILE:
            raise Unreadable(f"at most {LARGEST_FILE} bytes", f"more in {archive}@/{inner}")
        return data

    def _archive(self, name: str) -> zipfile.ZipFile:
        with self._lock:
            if name not in self._archives:
                self._archives[name] = zipfile.ZipFile(self._locate(name))
            return self._archives[name]


def _read_file(path: str) -> bytes:
    # without waiting: a name may be that of a pipe
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("a file", shown(path) + ", which is none")
        if status.st_size > LARGEST_FILE:
            raise Unreadable(f"at most {LARGEST_FILE} bytes", f"{status.st_size} in {shown(path)}")
        return file.readall()


_BINARY = getattr(os, "O_BINARY", 0)


@lru_cache(maxsize=4096)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _is_inside(path: str, root: str) -> bool:
    return path.startswith(root if root.endswith(os.sep) else root + os.sep)


def _cannot_open(name: str, error: Exception) -> Unreadable:
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Unreadable("an image", f"Cannot open file {shown(name)}: {cause}")
