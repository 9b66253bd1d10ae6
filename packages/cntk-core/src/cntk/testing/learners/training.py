"""Training in small: parameters of several shapes, random gradients, one learner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.learners.learner import Learner
from cntk.testing.mismatch import assert_close
from cntk.variables import Parameter

SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (2, 3), (2, 1, 3))
STEPS = 4
SAMPLES = 8  # in a minibatch; a power of two, so that dividing by it is exact
RATE = 0.0625  # likewise


class Training:
    """A learner with parameters of its own, fed with random gradients.

    Args:
        factory: function of (parameters, rate).
        dtype: element type.
        shapes: shapes of the parameters.
        rate: learning rate: a number or a schedule.
    """

    def __init__(self, factory: Callable, dtype=np.float64, shapes=SHAPES, rate=RATE) -> None:
        self.dtype = np.dtype(dtype)
        self.parameters = [
            Parameter(init=_draw("value", shape, 0), dtype=dtype, name=f"w{len(shape)}")
            for shape in shapes
        ]
        self.learner: Learner = factory(self.parameters, rate)

    def gradients(self, step: int, scale: float = 1.0) -> dict[Parameter, np.ndarray]:
        """Return the sum of the gradients of a minibatch."""
        return {
            parameter: np.asarray(scale * _draw("gradient", parameter.shape, step), self.dtype)
            for parameter in self.parameters
        }

    def step(self, number: int, scale: float = 1.0) -> bool:
        """Update once; return what ``update`` returns."""
        return self.learner.update(self.gradients(number, scale), SAMPLES)

    def values(self) -> list[np.ndarray]:
        """Return the values of the parameters."""
        return [parameter.value for parameter in self.parameters]

    def run(self) -> list[np.ndarray]:
        """Update several times and return the values of the parameters."""
        for number in range(STEPS):
            self.step(number)
        return self.values()


def _draw(kind: str, shape: tuple[int, ...], step: int) -> np.ndarray:
    """Return numbers that depend on the shape only, not on the other parameters."""
    return np.random.default_rng([len(shape), step, *kind.encode()]).standard_normal(shape)


def compare(found: list, expected: list, allowed: float, what: str) -> None:
    """Compare the values of all parameters.

    Raises:
        Mismatch: one differs.
    """
    for ours, theirs in zip(found, expected):
        assert_close(ours, theirs, allowed, f"{what}: the parameter of shape {theirs.shape}")
