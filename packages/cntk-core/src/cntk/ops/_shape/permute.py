"""Another order of static axes: what transpose and swapaxes are in a plan."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator


def permuted(x, order: tuple[int, ...]):
    """Return ``x`` with axis ``order[i]`` as axis i; ``x`` itself if that changes nothing."""
    return x if order == tuple(range(len(order))) else permute(x, order)


@operator(family="per_sample", view=True)
def permute(x: Operand, order: tuple):
    """Reorder static axes: axis i of the result is axis ``order[i]`` of x."""


@permute.shape
def permute_shape(x, order):
    return tuple(x.shape[i] for i in order)


@permute.reference
def permute_reference(x, order):
    return x.transpose(0, *(i + 1 for i in order))


@permute.gradient
def permute_gradient(dy, order):
    return permute(dy, tuple(int(i) for i in np.argsort(order)))
