"""Names of the checkpoints of a training session."""

from __future__ import annotations

import os
import re
from pathlib import Path


class CheckpointFiles:
    """The files ``name``, ``name0``, ``name1``, ..., each with its ``.ckp`` beside it.

    Args:
        final: path of the one that is written last.
    """

    def __init__(self, final: str) -> None:
        self.final = os.fspath(final)

    def numbered(self, index: int) -> str:
        """Return the path of one of those that are all kept."""
        return f"{self.final}{index}"

    def latest(self) -> str | None:
        """Return the path of the last one there is: the final one, else that of largest number."""
        if os.path.exists(self.final):
            return self.final
        path = Path(self.final)
        pattern = re.compile(re.escape(path.name) + r"([0-9]{1,9})\.ckp")
        found = [pattern.fullmatch(name) for name in self._names(path.parent)]
        numbers = [int(match[1]) for match in found if match]
        complete = [n for n in numbers if os.path.exists(self.numbered(n))]
        return self.numbered(max(complete)) if complete else None

    @staticmethod
    def _names(folder: Path) -> list[str]:
        return os.listdir(folder) if folder.is_dir() else []
