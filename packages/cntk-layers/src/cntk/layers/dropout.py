"""Dropout."""

from __future__ import annotations

from cntk import ops
from cntk.graph.trace import block_function
from cntk.initializer import SentinelValueForAutoSelectRandomSeed
from cntk.seeds import generate_random_seed


def Dropout(
    dropout_rate: float | None = None,
    keep_prob: float | None = None,
    seed: int = SentinelValueForAutoSelectRandomSeed,
    name: str = "",
):
    """Return a layer that drops elements at random in training, and keeps all in evaluation.

    Args:
        dropout_rate: share of elements that are set to zero, in [0, 1).
        keep_prob: share of elements that are kept, in place of ``dropout_rate``.
        seed: seed of the random numbers; default: the next one of the process.
        name: name of the layer.

    Raises:
        ValueError: none or both of the shares are given, or one is not in [0, 1).

    Reference:
        Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
        JMLR 2014.

    >>> C.layers.Dropout(0.5)(C.input_variable(3)).eval([[1, 2, 3]])
    array([[1., 2., 3.]], dtype=float32)
    """
    if dropout_rate is None and keep_prob is None:
        raise ValueError("Dropout: either dropout_rate or keep_prob must be specified.")
    if dropout_rate is not None and keep_prob is not None:
        raise ValueError("Dropout: dropout_rate and keep_prob cannot be specified together.")
    if keep_prob is not None:
        if not 0.0 <= keep_prob < 1.0:
            raise ValueError("Dropout: keep_prob must be in the interval [0,1)")
        dropout_rate = 1.0 - keep_prob
    if seed == SentinelValueForAutoSelectRandomSeed:
        seed = generate_random_seed(per_worker=True)

    @block_function("Dropout", name)
    def drop(x):
        return ops.dropout(x, dropout_rate=dropout_rate, seed=seed)

    return drop
