"""Record: an immutable dictionary whose entries are attributes."""

from __future__ import annotations


class Record(dict):
    """A dictionary with attribute access that cannot be changed.

    >>> point = Record(x=1, y=2)
    >>> point.x, point.updated_with(x=5).x
    (1, 5)
    """

    def __init__(self, **args_dict) -> None:
        super().__init__(args_dict)

    def __getattr__(self, key: str):
        try:
            return self[key]
        except KeyError:
            raise AttributeError(
                f"record has no attribute '{key}'; it has {', '.join(self)}"
            ) from None

    def __setattr__(self, key, value):
        raise AttributeError("record is immutable")

    __setitem__ = __delitem__ = __delattr__ = __setattr__

    def updated_with(self, **kwargs) -> Record:
        """Return a copy with some entries changed or added."""
        return Record(**{**self, **kwargs})
