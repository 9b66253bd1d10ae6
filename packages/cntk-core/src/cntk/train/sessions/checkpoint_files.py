"""Names of the checkpoints of a training session."""

from __future__ import annotations

import os
import re
from pathlib import Path

from cntk.storage import has_state, remove_pair
from cntk.train.checkpoint import samples_seen


class CheckpointFiles:
    """The files ``name``, ``name0``, ``name1``, ..., each with its ``.ckp`` beside it.

    Args:
        final: path of the one that is written last.
    """

    def __init__(self, final: str) -> None:
        self.final = os.fspath(final)
        self.best = f"{self.final}.best"

    def numbered(self, index: int) -> str:
        """Return the path of one of those that have numbers."""
        return f"{self.final}{index}"

    def newest_first(self) -> list[str]:
        """Return the paths of those there are, by the samples that they have seen.

        A final one without its state comes last: it may be a model that was not saved by a session.
        """
        paths = [self.numbered(n) for n in self._numbers() if os.path.exists(self.numbered(n))]
        if os.path.exists(self.final):
            paths.insert(self._place_of_final(paths), self.final)
        return paths

    def keep(self, count: int, index: int) -> None:
        """Remove those whose number is smaller than that of the last ``count`` up to ``index``.

        Raises:
            OSError: the operating system refuses.
        """
        upto = [n for n in self._numbers() if n <= index]
        for n in upto[count:]:
            remove_pair(self.numbered(n))

    def _place_of_final(self, numbered: list[str]) -> int:
        if not has_state(self.final):
            return len(numbered)
        seen = samples_seen(self.final)
        if seen is None:  # damaged, and not older for that
            return 0
        older = (i for i, path in enumerate(numbered) if (samples_seen(path) or 0) <= seen)
        return next(older, len(numbered))

    def _numbers(self) -> list[int]:
        """Return the numbers of all that have a state, the largest first."""
        path = Path(self.final)
        pattern = re.compile(re.escape(path.name) + r"([0-9]{1,9})\.ckp(\.new)?")
        names = os.listdir(path.parent) if path.parent.is_dir() else []
        found = [pattern.fullmatch(name) for name in names]
        return sorted({int(match[1]) for match in found if match}, reverse=True)
