"""A place in a graph for an operation that another engine computes."""

from __future__ import annotations

from cntk.dtypes import as_dtype, dtype_code, dtype_of_code
from cntk.errors import ArgumentError, ExecutionError, ShapeError, describe
from cntk.graph.function import Function
from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.shape import as_shape


@operator(
    family="whole",
    stored=Primitive(
        93,
        "CustomProxyOp",
        attributes={
            "custom_op": Attribute("customOp", "S"),
            "output_shape": Attribute("outputShape", "N"),
            "output_data_type": Attribute("newDataType", "I"),
        },
    ),
    no_gradient=("y",),
)
def custom_proxy(
    *operands: Operand, custom_op: str, output_shape, output_data_type, name: str = ""
) -> Function:
    """Return the Function of an operation that is not computed here."""


@custom_proxy.prepare
def custom_proxy_prepare(operands, custom_op, output_shape, output_data_type):
    if not isinstance(custom_op, str):
        raise ArgumentError(f"custom_proxy_op: custom_op is a name, not {custom_op!r}")
    shape = as_shape(output_shape)
    if any(size < 1 for size in shape):
        raise ShapeError(f"custom_proxy_op: every size of output_shape is known, not {shape}")
    is_code = isinstance(output_data_type, int)  # in a file
    code = output_data_type if is_code else dtype_code(as_dtype(output_data_type))
    attributes = {"custom_op": custom_op, "output_shape": shape, "output_data_type": code}
    return list(operands), attributes


@custom_proxy.shape
def custom_proxy_shape(output_shape):
    return tuple(output_shape)


@custom_proxy.dtype
def custom_proxy_dtype(output_data_type):
    return dtype_of_code(output_data_type)


@custom_proxy.reference
def custom_proxy_reference(custom_op):
    raise ExecutionError(
        describe(
            f"CustomProxyOp: the operation '{custom_op}' is only named here, and computed by "
            "another engine.",
            hint="replace it with clone and a substitution, or evaluate what comes before it",
        )
    )


def custom_proxy_op(custom_op, output_shape, output_data_type, *operands, **kw_name) -> Function:
    """Return a Function that stands for an operation of another engine.

    It has a shape, an element type and the dynamic axes of its operands, can be printed, cloned and
    saved, and is never computed: what reads it cannot be evaluated.

    Args:
        custom_op: the name of the operation.
        output_shape: static shape of the result, all sizes known.
        output_data_type: element type of the result, a NumPy type.
        operands: what it reads, any static shapes.
        kw_name: ``name``, the name of the result.

    Raises:
        ValueError: the name is not a str, or a size is not known.
        RuntimeError: when it is evaluated.

    >>> x = C.input_variable((2, 3), name='x')
    >>> print(C.custom_proxy_op('quantized_times', (4,), np.float32, x))
    CustomProxyOp(x: Tensor[2,3]) -> Tensor[4]
    """
    attributes = dict(
        custom_op=custom_op, output_shape=output_shape, output_data_type=output_data_type
    )
    return custom_proxy(*operands, **attributes, **kw_name)
