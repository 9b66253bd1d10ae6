"""Internal operators that make operands fit each other; users never see them."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import computing_dtype, widened
from cntk.errors import ShapeError
from cntk.operators.declare import Operand, operator
from cntk.shape import shape_text


@operator(family="per_sample", view=True)
def align_rank(x: Operand, rank: int):
    """Insert leading axes of size 1 until the static rank is ``rank``."""


@align_rank.shape
def align_rank_shape(x, rank):
    return (1,) * (rank - len(x.shape)) + tuple(x.shape)


@align_rank.reference
def align_rank_reference(x, rank):
    return x.reshape(x.shape[0], *(1,) * (rank - x.ndim + 1), *x.shape[1:])


@align_rank.gradient
def align_rank_gradient(dy, x):
    return set_shape(dy, x.shape)


@operator(family="per_sample", view=True)
def set_shape(x: Operand, shape: tuple):
    """Give each sample another static shape of as many elements."""


@set_shape.shape
def set_shape_shape(x, shape):
    return shape


@set_shape.reference
def set_shape_reference(x, shape):
    if any(n < 0 for n in shape):
        known = int(np.prod([n for n in shape if n > 0]))
        rest = int(np.prod(x.shape[1:])) // known
        shape = tuple(n if n > 0 else rest for n in shape)
    try:
        return x.reshape(x.shape[0], *shape)
    except ValueError:
        raise ShapeError(
            f"Reshape: data of static shape '{shape_text(x.shape[1:])}' cannot take the shape "
            f"'{shape_text(shape)}'. Number of elements must be the same"
        ) from None


@set_shape.gradient
def set_shape_gradient(dy, x):
    if sum(n < 0 for n in x.shape) > 1:
        return shape_as(dy, x)
    return set_shape(dy, x.shape)


@operator(family="whole", view=True)
def shape_as(x: Operand, like: Operand):
    """Give the elements the shape that ``like`` has at run time."""


@shape_as.shape
def shape_as_shape(x, like):
    return like.shape


@shape_as.axes
def shape_as_axes(x, like):
    return like.dynamic_axes


@shape_as.reference
def shape_as_reference(x, like):
    return x.reshape(like.shape)


@shape_as.gradient
def shape_as_gradient(dy, x):
    return shape_as(dy, x), None


@operator(family="whole", view=True)
def expand_to(x: Operand, like: Operand):
    """Broadcast to the rows and static shape of ``like``."""


@expand_to.shape
def expand_to_shape(x, like):
    return like.shape


@expand_to.axes
def expand_to_axes(x, like):
    return like.dynamic_axes


@expand_to.reference
def expand_to_reference(x, like, has_rows):
    if has_rows[0] and x.ndim < like.ndim:
        x = x.reshape(x.shape[0], *(1,) * (like.ndim - x.ndim), *x.shape[1:])
    return np.broadcast_to(x, like.shape)


@expand_to.gradient
def expand_to_gradient(dy, x):
    return sum_to(dy, x), None


@operator(family="whole")
def sum_to(x: Operand, like: Operand):
    """Sum over rows and static axes until the result has those of ``like``."""


@sum_to.shape
def sum_to_shape(x, like):
    return like.shape


@sum_to.axes
def sum_to_axes(x, like):
    return like.dynamic_axes


@sum_to.reference
def sum_to_reference(x, like, has_rows):
    kept_rows = has_rows[0] and has_rows[1]
    target = like.shape
    if kept_rows:
        target = (x.shape[0], *(1,) * (x.ndim - like.ndim), *like.shape[1:])
    else:
        target = (1,) * (x.ndim - like.ndim) + tuple(like.shape)
    axes = tuple(i for i, (n, m) in enumerate(zip(x.shape, target)) if n != m)
    if not axes:
        return x.reshape(like.shape)
    if len(axes) == 1 and axes[0] == 0 and x.ndim == 2 and x.dtype != np.float16:
        # as BLAS: exact enough, fast
        return np.dot(np.ones(len(x), x.dtype), x).reshape(like.shape)
    total = x.sum(axis=axes, dtype=computing_dtype(x.dtype))
    return total.astype(x.dtype, copy=False).reshape(like.shape)


@sum_to.gradient
def sum_to_gradient(dy, x):
    return expand_to(dy, x), None


@operator(family="whole")
def spread_rows(x: Operand, like: Operand):
    """Repeat a per-sample value for each frame of ``like``."""


@spread_rows.shape
def spread_rows_shape(x, like):
    return x.shape


@spread_rows.axes
def spread_rows_axes(x, like):
    return like.dynamic_axes


@spread_rows.dtype
def spread_rows_dtype(x):
    return x._dtype


@spread_rows.reference
def spread_rows_reference(x, layouts):
    return x[layouts[1].sequence_of_row]


@spread_rows.gradient
def spread_rows_gradient(dy, x):
    return sum_frames(dy), None


@operator(family="whole")
def sum_frames(x: Operand, whole: bool = False):
    """Sum over the frames of each sequence; ``whole`` refuses parts of sequences."""


@sum_frames.shape
def sum_frames_shape(x):
    return x.shape


@sum_frames.axes
def sum_frames_axes(x):
    return x.dynamic_axes[:1]


@sum_frames.reference
def sum_frames_reference(x, whole, layouts):
    layout = layouts[0]
    if whole:
        layout.check_whole("Sequence::ReduceElements")
    starts = np.cumsum(layout.lengths) - layout.lengths
    return np.add.reduceat(widened(layout.unpack(x)), starts, axis=0).astype(x.dtype, copy=False)


@sum_frames.gradient
def sum_frames_gradient(dy, x):
    return spread_rows(dy, x)


@operator(family="whole", sparse=("x",))
def densify(x: Operand):
    """Make sparse data dense."""


@densify.shape
def densify_shape(x):
    return x.shape


@densify.reference
def densify_reference(x, out_shape, has_rows):
    dense = x.to_dense() if hasattr(x, "to_dense") else x  # more than one axis is kept dense
    return dense.reshape(-1, *out_shape) if has_rows[0] else dense.reshape(out_shape)


@densify.gradient
def densify_gradient(dy):
    return dy
