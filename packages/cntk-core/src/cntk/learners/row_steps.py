"""Which parameters are updated by rows, and when each row was touched last."""

from __future__ import annotations

import numpy as np

from cntk.row_sparse import RowSparse


class RowSteps:
    """How a learner goes about one parameter: its first gradient decides, for good.

    The state means the same from one update to the next only if all of them go the same way: rules
    may have a form of their own for rows.

    Args:
        parameter: the parameter.
    """

    def __init__(self, parameter) -> None:
        self._parameter = parameter
        self.by_rows: bool | None = None  # None: no gradient has come yet
        self.last: np.ndarray | None = None  # per row, the number of the update that touched it

    def adapted(self, gradient, goes_by_rows: bool) -> np.ndarray | RowSparse:
        """Return a gradient as this parameter is updated.

        Args:
            gradient: an array or a row-sparse one.
            goes_by_rows: whether the learner can go by rows.
        """
        is_rows = isinstance(gradient, RowSparse)
        if self.by_rows is None:
            self.by_rows = is_rows and goes_by_rows
        if self.by_rows == is_rows:
            return gradient
        if is_rows:
            return gradient.to_dense()
        return RowSparse(np.arange(len(gradient)), np.asarray(gradient), len(gradient))

    def missed(self, rows: np.ndarray, step: int) -> np.ndarray:
        """Return how many updates passed by each row since the last one, and note this one.

        Args:
            rows: the rows that are touched.
            step: the number of this update, from 1 on.
        """
        if self.last is None:
            self.last = np.zeros(self._parameter.shape[0], np.int64)
        missed = step - 1 - self.last[rows]
        self.last[rows] = step
        return missed

    def forget(self) -> None:
        """Begin anew: there is no state yet."""
        self.by_rows = self.last = None

    def stored(self) -> np.ndarray:
        """Return this as an array for a checkpoint: the updates by row, or 1 by rows, or 0."""
        if self.last is not None:
            return self.last.astype(np.float64)
        return np.array(bool(self.by_rows), np.float64)

    def fits(self, array: np.ndarray) -> bool:
        """Whether an array may be one that :meth:`stored` returned for this parameter."""
        return array.dtype == np.float64 and array.shape in ((), self._parameter.shape[:1])

    def restore(self, array: np.ndarray) -> None:
        """Take over what :meth:`stored` returned."""
        self.last = array.astype(np.int64) if array.shape else None
        self.by_rows = True if array.shape or array else None
