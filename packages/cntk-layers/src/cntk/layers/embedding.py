"""Embeddings."""

from __future__ import annotations

import numpy as np

from cntk import ops
from cntk.default_options import default_override_or, get_default_override, is_default_override
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.shape import INFERRED, as_shape
from cntk.variables import Constant, Parameter


def Embedding(shape=None, init=default_override_or(glorot_uniform()), weights=None, name: str = ""):
    """Return a layer that maps one-hot (or any) vectors to learned or given vectors.

    Args:
        shape: static shape of the embedding; to be left out with ``weights``.
        init: initial value of the table ``E``, shape (vocabulary, *shape).
        weights: a fixed table (vocabulary, *shape), which is not learned; an array of floats keeps
            its element type, anything else becomes float32.
        name: name of the layer.

    Raises:
        ValueError: neither or both of ``shape`` and ``weights`` are given, or ``init`` together
            with ``weights``.

    Reference:
        Bengio et al., "A neural probabilistic language model", JMLR 2003.

    >>> x = C.input_variable(3)
    >>> table = np.array([[1, 2], [3, 4], [5, 6]], 'f')
    >>> C.layers.Embedding(weights=table)(x).eval([[0, 1, 0]])
    array([[3., 4.]], dtype=float32)
    """
    if weights is None and shape is None:
        raise ValueError("Embedding: output shape must be specified")
    if weights is None:
        init = get_default_override(Embedding, init=init)
        E: Parameter | Constant = Parameter((INFERRED, *as_shape(shape)), init=init, name="E")
    else:
        if not is_default_override(init):
            raise ValueError("Embedding: init cannot be given together with weights")
        if shape is not None:
            raise ValueError("Embedding: output shape must not be specified with weights")
        table = np.asarray(weights, dtype=getattr(weights, "dtype", np.float32))
        E = Constant(table, name="E")

    @block_function("Embedding", name)
    def embed(x):
        return ops.times(x, E)

    return embed
