"""Float32 copies of float16 parameters: steps too small for float16 add up in them."""

from __future__ import annotations

import numpy as np

from cntk.cell import Cell
from cntk.dtypes import FLOAT16, FLOAT32
from cntk.variables import Parameter


class Master:
    """The float32 copy of a parameter, which is what a learner updates; a variable to a plan.

    Args:
        parameter: a float16 parameter; it is written from the copy, and the copy from it whenever
            somebody else has given it a value.
    """

    is_literal = False

    def __init__(self, parameter: Parameter) -> None:
        self._parameter, self.shape, self._shape = parameter, parameter.shape, parameter.shape
        self._dtype, self.cell = FLOAT32, Cell(np.zeros(parameter.shape, FLOAT32))
        self._version = -1

    def follow(self) -> None:
        """Take the parameter's value over, if it is not the one written last."""
        value = self._parameter.cell.read(self._shape, FLOAT16)
        if self._version != self._parameter.cell.version:
            self.take(value.astype(FLOAT32))

    def take(self, values: np.ndarray) -> None:
        """Take values over that belong to the parameter's value, more exact ones."""
        self.cell.write(values)
        self._version = self._parameter.cell.version

    def round(self) -> None:
        """Write the copy, rounded, to the parameter."""
        self._parameter.cell.write(self.cell.read(self._shape, FLOAT32).astype(FLOAT16))
        self._version = self._parameter.cell.version


def master_of(parameter: Parameter) -> Master | None:
    """Return a float32 copy for a float16 parameter; None for others, which need none."""
    return Master(parameter) if parameter._dtype == FLOAT16 else None
