"""The primitives below ``cntk.random``: random numbers, drawn anew in each forward pass."""

from __future__ import annotations

from cntk import generator
from cntk.dtypes import dtype_of_code
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.random_rows import draw_rows

_ATTRIBUTES = {
    "distribution": Attribute("randomDistributionType", "S"),
    "arguments": Attribute("randomDistributionArgs", "D*"),
    "seed": Attribute("rngSeed", "Z"),
    "rng_offset": Attribute("rngOffset", "Z"),
}
_DRAW = {
    "uniform": generator.uniform,
    "normal": generator.normal,
    "gumbel": generator.gumbel,
    "bernoulli": generator.bernoulli,
}


@operator(
    family="whole",
    stored=Primitive(
        76,
        "RandomDistribution",
        attributes={
            **_ATTRIBUTES,
            "shape": Attribute("newShape", "N"),
            "dtype": Attribute("newDataType", "I"),
        },
    ),
    runtime=("seed", "rng_offset"),
    is_random=True,
)
def random_distribution(
    distribution: str,
    arguments: tuple,
    shape: tuple,
    dtype: int,
    seed: int,
    rng_offset: int = 0,
    name: str = "",
) -> Function:
    """Return random numbers, without dynamic axes.

    Args:
        distribution: ``uniform``, ``normal``, ``gumbel`` or ``bernoulli``.
        arguments: its parameters, one or two numbers.
        shape: static shape of the result.
        dtype: code of its element type.
        seed: which random numbers.
        rng_offset: how many of them have been drawn.
        name: name of the result.
    """


@random_distribution.shape
def random_distribution_shape(shape):
    return shape


@random_distribution.axes
def random_distribution_axes():
    return ()


@random_distribution.dtype
def random_distribution_dtype(dtype):
    return dtype_of_code(dtype)


@random_distribution.reference
def random_distribution_reference(distribution, arguments, shape, dtype, seed, rng_offset):
    draw = _DRAW[distribution]
    return draw(seed, rng_offset, shape, *arguments, dtype=dtype_of_code(dtype))


@random_distribution.samples
def random_distribution_samples(make):
    yield Sample(distribution="normal", arguments=(1.0, 2.0), shape=(2, 3), dtype=1, seed=1)


@operator(
    family="per_sample",
    stored=Primitive(76, "RandomDistribution", attributes=_ATTRIBUTES),
    runtime=("seed", "rng_offset"),
    is_random=True,
)
def random_distribution_like(
    x: Operand, distribution: str, arguments: tuple, seed: int, rng_offset: int = 0, name: str = ""
) -> Function:
    """Return random numbers with the static shape, dynamic axes and element type of ``x``."""


@random_distribution_like.shape
def random_distribution_like_shape(x):
    return x.shape


@random_distribution_like.reference
def random_distribution_like_reference(x, distribution, arguments, seed, rng_offset, layouts):
    draw = _DRAW[distribution]
    return draw_rows(draw, seed, rng_offset, x.shape, layouts[0], *arguments, dtype=x.dtype)


@random_distribution_like.samples
def random_distribution_like_samples(make):
    for distribution, arguments in (
        ("uniform", (-1.0, 2.0)),
        ("normal", (1.0, 2.0)),
        ("gumbel", (1.0, 2.0)),
        ("bernoulli", (0.3,)),
    ):
        yield Sample(make(2, 3), distribution=distribution, arguments=arguments, seed=1)
