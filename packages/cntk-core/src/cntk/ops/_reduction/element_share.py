"""The ratio of two numbers of elements, where only the data tell them."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operand, operator


@operator(family="whole", no_gradient=("part", "whole"))
def element_share(part: Operand, whole: Operand):
    """Return the elements of one tensor, of all samples together, per element of another.

    A ratio fits every element type; counts above 65504 do not fit float16.
    """


@element_share.shape
def element_share_shape():
    return ()


@element_share.axes
def element_share_axes():
    return ()


@element_share.reference
def element_share_reference(part, whole):
    return np.array(part.size / whole.size, part.dtype)
