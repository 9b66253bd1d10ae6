"""Types of variables: ``Tensor[2,3]``, ``Sequence[Tensor[3]]``, ``SparseTensor[5]``, ...

``cntk.layers.typing`` offers these to users. A type is a dictionary of the arguments of
``C.input_variable``, so ``C.input_variable(**Sequence[Tensor[2]])`` works.
"""

from __future__ import annotations

import numpy as np

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS, UNKNOWN_AXES, Axis
from cntk.dtypes import FLOAT32, as_dtype
from cntk.shape import UNKNOWN_SHAPE, is_unknown
from cntk.upward import module
from cntk.variables import Variable, placeholder_variable


class VariableType(dict):
    """The type of a variable: what is known of its shape, axes, storage and element type.

    Args:
        entries: any of ``shape``, ``dtype``, ``is_sparse``, ``dynamic_axes``, ``needs_gradient``.

    >>> VariableType(shape=(2, 3), dynamic_axes=[Axis.default_batch_axis()])
    Tensor[2,3]
    """

    @staticmethod
    def of(given) -> VariableType:
        """Return the type that a user wrote: a type, a shape, ``float`` or a NumPy type.

        Raises:
            TypeError: it is none of these.
        """
        if isinstance(given, VariableType):
            return given
        if isinstance(given, Variable):
            return type_of(given)
        if given is float:
            return VariableType(shape=(), dynamic_axes=[BATCH_AXIS])
        if isinstance(given, type) and issubclass(given, np.floating):
            return VariableType(shape=(), dtype=given, dynamic_axes=[BATCH_AXIS])
        if isinstance(given, int):
            return VariableType(shape=(given,), dynamic_axes=[BATCH_AXIS])
        if isinstance(given, tuple) and all(isinstance(n, int) for n in given):
            return VariableType(shape=given, dynamic_axes=[BATCH_AXIS])
        raise TypeError(f"{given!r} is no type of a variable; write Tensor[...] or a shape")

    def input_variable(self, name: str) -> Variable:
        """Return an argument of this type: an input, or a placeholder if the shape is not known."""
        shape = self.get("shape", UNKNOWN_SHAPE)
        axes = tuple(self.get("dynamic_axes", (BATCH_AXIS,)))
        if is_unknown(tuple(shape)):
            return placeholder_variable(name=name)
        return module("cntk.ops").input_variable(
            shape,
            self.get("dtype", FLOAT32),
            self.get("needs_gradient", False),
            self.get("is_sparse", False),
            list(axes),
            name,
        )

    def accepts(self, variable: Variable) -> bool:
        """Whether a variable is of this type."""
        wanted = {"shape": variable.shape, "dynamic_axes": list(variable.dynamic_axes)}
        dtype = self.get("dtype")
        return all(
            key not in self or list(self[key]) == list(value) for key, value in wanted.items()
        ) and (dtype is None or as_dtype(dtype) == variable._dtype)

    def __str__(self) -> str:
        return _text(
            tuple(self.get("shape", UNKNOWN_SHAPE)),
            self.get("dtype"),
            tuple(self.get("dynamic_axes", UNKNOWN_AXES)),
            bool(self.get("is_sparse", False)),
        )

    __repr__ = __str__


def type_of(variable: Variable) -> VariableType:
    """Return the type of a variable."""
    return VariableType(
        shape=variable.shape,
        dtype=variable.dtype,
        is_sparse=variable.is_sparse,
        dynamic_axes=list(variable.dynamic_axes),
        needs_gradient=variable.needs_gradient,
    )


def _text(shape, dtype, axes: tuple[Axis, ...], is_sparse: bool) -> str:
    inner = _tensor_text(shape, dtype, axes, is_sparse)
    if axes == UNKNOWN_AXES:
        return f"Sequence[{inner}]"
    for axis in reversed(axes):
        if axis.is_sequence_axis:
            word = "Sequence" if axis == SEQUENCE_AXIS else f"SequenceOver[{axis.name}]"
            inner = f"{word}[{inner}]"
    return inner


def _tensor_text(shape, dtype, axes, is_sparse: bool) -> str:
    if is_unknown(shape):
        return "tensor"
    dtype = None if dtype is None else np.dtype(dtype)
    kind = None if dtype is None or dtype == FLOAT32 else f"np.{dtype.name}"
    if not shape and not is_sparse:
        return "float" if dtype is None else f"np.{dtype.name}"
    word = "SparseTensor" if is_sparse else "Tensor" if axes else "ParameterTensor"
    return f"{word}[{','.join([*([kind] if kind else []), *map(str, shape)])}]"
