"""A disk that fails, or dies with the process or the power, at the call one asks for."""

from __future__ import annotations

import builtins
import io
import os
from pathlib import Path

from cntk.storage import atomic, open_file

CALLS = (
    "open", "close", "stat", "mkdir", "scandir", "fchmod", "fsync", "replace", "unlink",
)  # fmt: skip

READING = ("stat", "scandir", "open rb")


class Killed(BaseException):
    """What a call raises in a process that has been killed, so that it does nothing any more."""


class Disk:
    """Counts the calls of saving and lets one of them go wrong.

    Args:
        monkeypatch: pytest's.
        at: the number of the call, from 1; 0: none.
        error: is raised by that call alone; None: the process is killed there.
    """

    def __init__(self, monkeypatch, at: int = 0, error: BaseException | None = None) -> None:
        self.at, self.error = at, error
        self.count = 0
        self.is_dead = False
        self.log: list[tuple[str, str]] = []
        self._not_synced: set[str] = set()
        self._lost_with_power: tuple[str, str, bytes | None] | None = None
        self._names: dict[int, str] = {}
        self._written: list[_Raw] = []
        for name in CALLS:
            monkeypatch.setattr(os, name, self._patched(name, getattr(os, name)))
        for module in (atomic, open_file):
            monkeypatch.setattr(module, "open", self._open, raising=False)

    @property
    def has_struck(self) -> bool:
        """Whether the call has been reached."""
        return self.at and self.count >= self.at

    def step(self, name: str, file: object = "") -> None:
        """Note a call, and let it go wrong if it is its turn."""
        if self.is_dead:
            if name in (*READING, "close"):  # no matter who asks
                return
            raise Killed
        self.count += 1
        self.log.append((name, os.path.basename(str(file))))
        if self.count == self.at:
            if self.error is not None:
                raise self.error
            self.is_dead = True
            for raw in self._written:  # the system closes the files of dead processes
                raw.close()
            raise Killed

    def wrote(self, file: str) -> None:
        """Note that a file holds bytes that are not on the disk yet."""
        self._not_synced.add(file)

    def forget(self, descriptor: int) -> None:
        """Note that a file is closed; another one may get its descriptor."""
        self._names.pop(descriptor, None)

    def lose_power(self) -> None:
        """Take back what is not on the disk: the last rename, if its folder was not synced."""
        if self._lost_with_power is None:
            return
        source, target, content = self._lost_with_power
        Path(target).rename(source)
        if content is not None:
            Path(target).write_bytes(content)

    def _patched(self, name: str, call):
        def patched(*arguments, **options):
            file = arguments[0] if arguments else ""
            if name == "close":  # a dead process closes its files, and a failing call does
                try:
                    self.step(name)
                finally:
                    call(*arguments)
                return None
            self.step(name, self._names.get(file, file) if isinstance(file, int) else file)
            if name == "replace":
                self._before_replace(*map(os.fspath, arguments))
            found = call(*arguments, **options)
            if name == "fsync":
                self._synced(file)
            return found

        return patched

    def _before_replace(self, source: str, target: str) -> None:
        assert source not in self._not_synced, "the name comes before the bytes"
        assert self._lost_with_power is None, "a name comes before the name that it relies on"
        with io.FileIO(target) if Path(target).exists() else io.BytesIO() as old:
            content = old.read() if isinstance(old, io.FileIO) else None
        self._lost_with_power = source, target, content

    def _synced(self, descriptor: int) -> None:
        if descriptor in self._names:
            self._not_synced.discard(self._names[descriptor])
        else:  # a folder
            self._lost_with_power = None

    def _open(self, path, mode: str = "r", buffering: int = -1):
        self.step(f"open {mode}", path)
        if mode == "rb":
            return builtins.open(path, mode, buffering)
        raw = _Raw(path, mode.replace("b", ""), self)
        self._written.append(raw)
        self._names[raw.fileno()] = os.fspath(path)
        return io.BufferedWriter(raw, 100)


class _Raw(io.FileIO):
    """A file whose writes are calls to the disk."""

    def __init__(self, path, mode: str, disk: Disk) -> None:
        super().__init__(path, mode)
        self._disk = disk

    def close(self) -> None:
        if not self.closed:
            self._disk.forget(self.fileno())
        super().close()

    def write(self, content) -> int:
        if self._disk.is_dead:
            return len(content)  # what a dead process had in mind is gone
        self._disk.wrote(os.fspath(self.name))
        try:
            self._disk.step("write", self.name)
        except BaseException:
            super().write(bytes(content)[: len(content) // 2])  # a part of it got through
            raise
        return super().write(content)
