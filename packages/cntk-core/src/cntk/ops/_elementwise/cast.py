"""Change of element type."""

from __future__ import annotations

from cntk.dtypes import as_dtype, dtype_code, dtype_of_code
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive


@operator(
    family="per_sample",
    stored=Primitive(91, "Cast", attributes={"dtype": Attribute("newDataType", "I")}),
)
def cast(node_input: Operand, dtype, name: str = "") -> Function:
    """Return the operand in another element type.

    Args:
        node_input: any static shape.
        dtype: float16, float32 or float64, as a NumPy type or a name.
        name: name of the result.

    Raises:
        ValueError: another element type.

    >>> C.cast([0.1, 2], np.float16).eval()
    array([0.1, 2. ], dtype=float16)
    """


@cast.prepare
def cast_prepare(node_input, dtype):
    code = dtype if isinstance(dtype, int) else dtype_code(as_dtype(dtype))
    return [node_input], {"dtype": code}


@cast.shape
def cast_shape(node_input):
    return node_input.shape


@cast.dtype
def cast_dtype(dtype):
    return dtype_of_code(dtype)


@cast.reference
def cast_reference(node_input, dtype):
    return node_input.astype(dtype_of_code(dtype))


@cast.gradient
def cast_gradient(dy, node_input):
    return cast(dy, dtype_code(node_input._dtype))


@cast.samples
def cast_samples(make):
    yield Sample(make(2, 3), dtype="float64")
