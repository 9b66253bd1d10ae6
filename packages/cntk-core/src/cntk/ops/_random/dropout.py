"""Dropout."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.generator import keep_mask
from cntk.graph.function import Function
from cntk.operators.declare import Like, Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._random.seed import auto_select, seed_argument
from cntk.random_rows import draw_rows


@composite()
def dropout(
    x: Operand, dropout_rate: float = 0.0, seed: int = auto_select, name: str = ""
) -> Function:
    """Return ``x`` with randomly chosen elements set to 0 in training, and ``x`` in evaluation.

    The other elements are divided by ``1 - dropout_rate``, so that the expected value stays. Each
    forward pass of training chooses anew. What it chooses depends on the seed, the passes of
    training before, and the place of an element: which sample or sequence of the minibatch, which
    frame, which element. It is the same in and outside of a recurrence, with longer or shorter
    other sequences, and after training is resumed from a checkpoint.

    Args:
        x: any static shape.
        dropout_rate: probability of an element to be set to 0, from 0 to below 1. It can be changed
            later: ``set_attribute('dropoutRate', 0.3)``.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result.

    Raises:
        ValueError: ``dropout_rate`` is not in [0, 1).

    Reference: Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting", JMLR 15, 2014.

    >>> x = C.input_variable(6)
    >>> half = C.dropout(x, 0.5, seed=1)
    >>> half.eval([np.ones(6, np.float32)])
    array([[1., 1., 1., 1., 1., 1.]], dtype=float32)
    >>> _, results = half.forward([np.ones(6, np.float32)], half.outputs, set(half.outputs))
    >>> sorted(set(results[half.output].ravel().tolist()))
    [0.0, 2.0]
    """
    try:
        rate = float(dropout_rate)
    except (TypeError, ValueError):
        raise ArgumentError(f"dropout_rate must be a number, not {dropout_rate!r}") from None
    if not 0 <= rate < 1:
        raise ArgumentError(f"dropout_rate must be in the interval [0,1), not {dropout_rate!r}")
    return masked(x, rate, seed_argument(seed), name=name)


@dropout.samples
def dropout_samples(make):
    yield Sample(make(2, 3), dropout_rate=0.5, seed=1)


@operator(
    family="elementwise",
    stored=Primitive(
        15,
        "Dropout",
        attributes={
            "dropout_rate": Attribute("dropoutRate", "D"),
            "seed": Attribute("rngSeed", "Z"),
            "rng_offset": Attribute("rngOffset", "Z"),
        },
    ),
    saves={"mask": Like("y")},
    runtime=("dropout_rate", "seed", "rng_offset"),
    is_random=True,
)
def masked(
    x: Operand, dropout_rate: float, seed: int, rng_offset: int = 0, name: str = ""
) -> Function:
    """Return ``x`` times a mask of zeros and ``1 / (1 - dropout_rate)``; see ``C.dropout``."""


@masked.reference
def masked_reference(x, dropout_rate, seed, rng_offset, layouts):
    mask = draw_rows(keep_mask, seed, rng_offset, x.shape, layouts[0], dropout_rate, dtype=x.dtype)
    return x * mask, mask


@masked.gradient
def masked_gradient(dy, mask):
    return dy * mask


@masked.inference
def masked_inference(x):
    return x


@masked.samples
def masked_samples(make):
    yield Sample(make(2, 3), dropout_rate=0.5, seed=1)
