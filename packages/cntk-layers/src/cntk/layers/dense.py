"""Fully connected layers."""

from __future__ import annotations

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.trace import block_function
from cntk.initializer import glorot_uniform
from cntk.layers.identity import activated, identity
from cntk.layers.initial import initial_weights
from cntk.shape import INFERRED, as_shape
from cntk.variables import Parameter


def Dense(
    shape,
    activation=default_override_or(identity),
    init=default_override_or(glorot_uniform()),
    input_rank: int | None = None,
    map_rank: int | None = None,
    bias: bool = default_override_or(True),
    init_bias=default_override_or(0),
    name: str = "",
):
    """Return a layer that computes ``activation(x W + b)``.

    The sizes of the input axes are deduced where the layer is first applied, and fixed from then
    on. The element type is float32, or what ``C.default_options(dtype=...)`` says.

    Args:
        shape: static shape of the output; an int ``n`` means ``(n,)``.
        activation: function applied to the result; None or identity for none.
        init: initial value of the weights ``W``, shape input axes + ``shape``.
        input_rank: number of last input axes that are contracted; default: all.
        map_rank: number of first input axes that are kept; not together with ``input_rank``.
        bias: whether there is a bias ``b``, shape ``shape``.
        init_bias: its initial value.
        name: name of the layer.

    Raises:
        ValueError: both ranks are given, or ``shape`` is empty; where the layer is applied: the
            input has fewer axes, or another size than at first.

    >>> x = C.input_variable(3)
    >>> C.layers.Dense(2, init=1, init_bias=1)(x).eval([[1, 2, 3]])
    array([[7., 7.]], dtype=float32)
    """
    activation = get_default_override(Dense, activation=activation)
    init = get_default_override(Dense, init=init)
    bias = get_default_override(Dense, bias=bias)
    init_bias = get_default_override(Dense, init_bias=init_bias)
    output_shape = as_shape(shape)
    if not output_shape:
        raise ValueError("Dense: the output shape needs at least one axis (output rank > 0)")
    if input_rank is not None and map_rank is not None:
        raise ValueError("Dense: input_rank and map_rank cannot be specified at the same time.")
    if input_rank is not None:
        input_axes, to_map = (INFERRED,) * input_rank, -1
    else:
        input_axes, to_map = (INFERRED,), map_rank or 0
    output_rank = len(output_shape)
    weights = initial_weights(init, output_rank=output_rank)
    W = Parameter(input_axes + output_shape, init=weights, name="W")
    b = Parameter(output_shape, init=init_bias, name="b") if bias else None

    @block_function("Dense", name)
    def dense(x):
        product = ops.times(x, W, output_rank=output_rank, infer_input_rank_to_map=to_map)
        return activated(activation, product + b if b is not None else product)

    return dense
