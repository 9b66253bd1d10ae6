"""Arrays in a file that is open: checked already, and read when somebody has a place for them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import numpy as np

from cntk.storage.described import described
from cntk.storage.elements import VALUES_AT_A_TIME

Fill = Callable[[memoryview], None]


@dataclass
class StoredArray:
    """One array of a file of weights.

    Args:
        shape: its shape.
        dtype: the type that it has in memory.
        opened: gives a function that fills a buffer with the array's next bytes. At the end it
            raises if there are more of them, or others than were written.
        check: reads all of it and keeps nothing; raises if it is damaged in a way that only shows
            then. None: that is known already.
        stored: the type that the file has; default: the same.
        widen: from values as they are stored to others of ``dtype``; default: they are.
        is_fortran: the file has it in column-major order.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    opened: Callable[[], AbstractContextManager[Fill]]
    check: Callable[[], None] = lambda: None
    stored: np.dtype | None = None
    widen: Callable[[np.ndarray], np.ndarray] = field(default=lambda values: values)
    is_fortran: bool = False

    def array(self) -> np.ndarray:
        """Return the array."""
        found = np.empty(self.shape, self.dtype, order="F" if self.is_fortran else "C")
        self.into(found)
        return found

    def described(self) -> np.ndarray:
        """Return an array of that type and shape without the values."""
        return described(self.shape, self.dtype)

    def into(self, target: np.ndarray) -> None:
        """Write the values to an array of the same shape, and of any type of numbers.

        Only a few of them are in memory beside it.
        """
        stored = self.stored or self.dtype
        target = target.T if self.is_fortran else target
        with self.opened() as fill:
            if target.flags.c_contiguous and target.dtype == stored == self.dtype:
                if target.size:
                    fill(target.reshape(-1).view(np.uint8).data)
                return
            flat = target.reshape(-1) if target.flags.c_contiguous else target.flat
            for start in range(0, target.size, VALUES_AT_A_TIME):
                part = np.empty(min(VALUES_AT_A_TIME, target.size - start), stored)
                fill(part.view(np.uint8).data)
                flat[start : start + part.size] = self.widen(part)
