"""What draws the first values of parameters; ``initializer.py`` has the functions that make these.

An initializer is a recipe: it draws when a parameter's shape is known. The seed, if the user gave
none, is taken for each parameter when that is made (:meth:`RandomInitializer.bound`), so one recipe
used twice draws twice, and parameters keep their numbers whatever order they are evaluated in.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

import cntk.generator as generator
from cntk.errors import ShapeError
from cntk.shape import shape_text

# kind -> spread at scale 1, from the numbers of inputs and outputs that one weight connects:
# half the width of the even kinds, standard deviation of the others
SPREAD = {
    "uniform": lambda fan_in, fan_out: 1.0,
    "normal": lambda fan_in, fan_out: 1.0,
    "truncated_normal": lambda fan_in, fan_out: 1.0,
    "xavier": lambda fan_in, fan_out: math.sqrt(3 / fan_in),
    "glorot_uniform": lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)),
    "glorot_normal": lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
    "he_uniform": lambda fan_in, fan_out: math.sqrt(6 / fan_in),
    "he_normal": lambda fan_in, fan_out: math.sqrt(2 / fan_in),
}
EVEN = ("uniform", "xavier", "glorot_uniform", "he_uniform")
WITHOUT_RANKS = ("uniform", "truncated_normal")
_OPTIONS = ("output_rank", "filter_rank", "seed")


@dataclass(frozen=True)
class RandomInitializer:
    """What to draw a parameter's first values from.

    Args:
        kind: name of the function that makes it, e.g. ``glorot_uniform``.
        scale: factor of the spread; standard deviation for ``normal`` and ``truncated_normal``.
        output_rank: number of axes, before those of the filter, that are outputs: the last ones,
            or the first ones if negative; None for 1.
        filter_rank: number of trailing axes that are a receptive field; None for 0.
        seed: 0 to 2**64 - 1; None to take one for each parameter.
    """

    kind: str
    scale: float
    output_rank: int | None = None
    filter_rank: int | None = None
    seed: int | None = None

    def __repr__(self) -> str:
        """Return the call that makes it, with what is not the default."""
        given = {"scale": self.scale, **{name: getattr(self, name) for name in _OPTIONS}}
        usual = {"scale": 1.0, **dict.fromkeys(_OPTIONS)}
        shown = [f"{name}={value}" for name, value in given.items() if value != usual[name]]
        return f"{self.kind}({', '.join(shown)})"

    def bound(self) -> Callable[..., np.ndarray]:
        """Return the function ``(shape, dtype) -> values`` of one new parameter."""
        seed = generator.next_seed() if self.seed is None else self.seed
        return replace(self, seed=seed).draw

    def draw(self, shape: tuple[int, ...], dtype) -> np.ndarray:
        """Return values; the same ones each time, if there is a seed.

        Raises:
            ValueError: the shape has fewer axes than the ranks need.
        """
        fan_in, fan_out = self._fans(tuple(shape))
        seed = generator.next_seed() if self.seed is None else self.seed
        spread = self.scale * SPREAD[self.kind](fan_in, fan_out)
        if self.kind in EVEN:
            return generator.uniform(seed, 0, shape, -spread, spread, dtype)
        if self.kind == "truncated_normal":
            return generator.truncated_normal(seed, 0, shape, 0.0, spread, dtype)
        return generator.normal(seed, 0, shape, 0.0, spread, dtype)

    def _fans(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Return the numbers of inputs and outputs that meet in one weight."""
        outputs = 1 if self.output_rank is None else self.output_rank
        filters = 0 if self.filter_rank is None else self.filter_rank
        rank = len(shape)
        if not 0 <= filters + outputs <= rank or filters + abs(outputs) > rank:
            hint = "; give a number as init instead" if rank == 0 else ""
            raise ShapeError(
                f"Sum of filter rank ({filters}) and output rank ({outputs}) of the parameter "
                f"initializer cannot exceed the Parameter shape '{shape_text(shape)}' rank "
                f"({rank}), in {self.kind}{hint}"
            )
        connected, field = shape[: rank - filters], math.prod(shape[rank - filters :])
        split = -outputs if outputs < 0 else len(connected) - outputs
        first, last = math.prod(connected[:split]), math.prod(connected[split:])
        fan_in, fan_out = (last, first) if outputs < 0 else (first, last)
        return fan_in * field, fan_out * field


@dataclass(frozen=True)
class BilinearInitializer:
    """The weights of a transposed convolution that enlarges images by bilinear interpolation."""

    kernel_width: int
    kernel_height: int

    def bound(self) -> Callable[..., np.ndarray]:
        """Return the function ``(shape, dtype) -> values`` of one new parameter."""
        return self.draw

    def draw(self, shape: tuple[int, ...], dtype) -> np.ndarray:
        """Return the interpolation where input and output channel agree, else zeros.

        Raises:
            RuntimeError: the shape is not [C x C x height x width] of this kernel.
        """
        size = self.kernel_width
        if len(shape) != 4 or shape[0] != shape[1] or shape[2:] != (size, size):
            raise ShapeError(
                f"bilinear: the Parameter shape is '{shape_text(shape)}'; expected "
                f"'[C x C x {size} x {size}]'. Number of input and output channels of filter for "
                "bilinear interpolation must be equal, and the last two axes the kernel's"
            )
        factor = (size + 1) // 2
        center = factor - 1 if size % 2 else factor - 0.5
        line = 1 - np.abs(np.arange(size) - center) / factor
        values = np.zeros(shape, dtype)
        values[range(shape[0]), range(shape[0])] = np.outer(line, line)
        return values
