"""Record: an immutable dictionary whose entries are attributes."""

from __future__ import annotations

from typing import Any, NoReturn


class Record(dict):
    """A dictionary with attribute access that cannot be changed.

    An entry called like a method of dict hides it: ``Record(values=1).values`` is 1.

    >>> point = Record(x=1, y=2)
    >>> point.x, point.updated_with(x=5)
    (1, {'x': 5, 'y': 2})
    """

    def __init__(self, /, **entries: Any) -> None:
        super().__init__(entries)
        vars(self).update(entries)

    def __getattr__(self, key: str) -> Any:
        raise AttributeError(
            f"record has no attribute '{key}'; it has {', '.join(map(str, self)) or 'none'}"
        )

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise AttributeError("record is immutable; updated_with(name=value) returns a changed copy")

    __setattr__ = __delattr__ = __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple:
        return _restored, (dict(self),)

    def updated_with(self, **entries: Any) -> Record:
        """Return a copy with some entries changed or added."""
        return Record(**{**self, **entries})


def _restored(entries: dict) -> Record:
    """Return the Record that was copied or pickled."""
    return Record(**entries)
