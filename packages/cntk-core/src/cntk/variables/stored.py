"""Variables that have a value: parameters and constants."""

from __future__ import annotations

import numpy as np

from cntk.cell import Cell
from cntk.default_options import default_override_or, get_default_override
from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError, NestedParameterError, ShapeError, describe
from cntk.shape import FREE, UNKNOWN_SHAPE, as_shape, is_static, shape_text
from cntk.tensor import NDArrayView
from cntk.value import Value
from cntk.variables.tracing import is_tracing
from cntk.variables.variable import Variable, VariableKind


class StoredVariable(Variable):
    """A variable with a value: parameter or constant."""

    _dtype: np.dtype

    def _init_stored(self, cell: Cell, shape, dtype, name, kind) -> None:
        super().__init__(shape, dtype, kind == VariableKind.Parameter, False, (), name, kind)
        if FREE in self._shape:
            raise ShapeError(
                f"Parameter/Constant '{self}' has invalid shape '{shape_text(self._shape)}'; it is "
                "illegal for a Parameter/Constant to have a FreeDimension. try: "
                "C.InferredDimension, which is deduced at the first use"
            )
        self.cell = cell

    @property
    def value(self) -> np.ndarray:
        """A copy of the value; assign an array to change it.

        Raises:
            ValueError: a size of the shape is not deduced yet.
        """
        return self.cell.copied(self._shape, self._dtype)

    @value.setter
    def value(self, value) -> None:
        self.set_value(value)

    def set_value(self, value) -> None:
        """Replace the value.

        Args:
            value: NumPy array, NDArrayView or Value of the variable's shape; the element type is
                converted.

        Raises:
            TypeError: something else, such as a number or a list.
            RuntimeError: the shape differs.
        """
        array = _as_array(value)
        if array is None:
            raise TypeError(
                f"Unsupported value type: {type(value).__name__}; "
                f"give '{self._name or self._uid}' a NumPy array"
            )
        if array.shape != self._shape:
            if is_static(self._shape):
                raise ShapeError(
                    f"Variable '{self}' SetValue(): 'source' shape '{shape_text(array.shape)}' "
                    f"differs 'destination' shape '{shape_text(self._shape)}'."
                )
            resolve_shape(self, array.shape)
        self.cell.write(np.asarray(array, self._dtype))

    def get_value(self) -> NDArrayView:
        """Return a copy of the value as an NDArrayView."""
        return NDArrayView.from_dense(self.value)

    def is_initialized(self) -> bool:
        """Whether the shape is known, so that there is a value."""
        return is_static(self._shape)

    def current_value_time_stamp(self) -> int:
        """Return a number that changes with the value."""
        return self.cell.version

    def record_value_update(self) -> None:
        """Tell that the value was changed in its memory, which :meth:`data` shares."""
        self.cell.touch(self.cell.lend(self._shape, self._dtype))

    def data(self) -> NDArrayView:
        """Return the value as an NDArrayView that shares its memory."""
        return NDArrayView._wrap(self.cell.lend(self._shape, self._dtype), True)

    def asarray(self) -> np.ndarray:
        """Return a copy of the value."""
        return self.value


class Parameter(StoredVariable):
    """A variable that learners change.

    Args:
        shape: static shape; -1 for sizes to be deduced at first use.
        init: number, array, or initializer; default zeros.
        dtype: element type; default float32.
        device: where to keep it.
        name: name of the parameter.

    >>> Parameter((2, 3), init=1).value.sum()
    np.float32(6.0)
    """

    def __init__(
        self, shape=None, init=None, dtype=default_override_or(FLOAT32), device=None, name=""
    ) -> None:
        if is_tracing():
            raise NestedParameterError("parameters cannot be created inside a @Function def")
        dtype = get_default_override(Parameter, dtype=dtype)
        shape, cell = _first_value(shape, init, as_dtype(dtype), "Parameter")
        self._init_stored(cell, shape, dtype, name, VariableKind.Parameter)


class Constant(StoredVariable):
    """A variable that learners leave alone; its value can be set.

    Args:
        value: number or array.
        shape: static shape that a number fills.
        dtype: element type; default float32.
        device: where to keep it.
        name: name of the constant.

    >>> Constant([1, 2]).shape
    (2,)
    """

    def __init__(
        self, value=None, shape=None, dtype=default_override_or(FLOAT32), device=None, name=""
    ) -> None:
        dtype = get_default_override(Constant, dtype=dtype)
        if value is None and shape is None:
            raise ArgumentError("Constant: you need to specify at least shape or value")
        shape, cell = _first_value(shape, value, as_dtype(dtype), "Constant")
        self._init_stored(cell, shape, dtype, name, VariableKind.Constant)

    @classmethod
    def scalar(cls, value: float, dtype=FLOAT32) -> Constant:
        """Return a constant without axes.

        Args:
            value: a number.
            dtype: element type.

        >>> Constant.scalar(2.5).shape
        ()
        """
        return cls(float(value), (), as_dtype(dtype))

    def clone_as(self, dtype) -> Constant:
        """Return a constant of the same value and name in another element type.

        >>> Constant([1, 2]).clone_as('float64').value
        array([1., 2.])
        """
        return type(self).of_array(self.value.astype(as_dtype(dtype)), self._name)

    @classmethod
    def of_array(cls, array: np.ndarray, name: str = "") -> Constant:
        """Return a constant around an array of a graph type, without copying it."""
        constant = cls.__new__(cls)
        constant._init_stored(Cell(array), array.shape, array.dtype, name, VariableKind.Constant)
        return constant

    @classmethod
    def literal(cls, array: np.ndarray) -> Constant:
        """Return a constant that an operator's own body wrote; plans may fold it."""
        constant = cls.of_array(array)
        constant.is_literal = True
        return constant

    is_literal = False
    adapts_dtype = False  # written as a number where no element type was known yet

    def adapt(self, dtype: np.dtype) -> None:
        """Take the element type of the operands that the constant meets."""
        value = self.cell.as_plain(self._shape, self._dtype)
        self._dtype, self.adapts_dtype = dtype, False
        self.cell = Cell(value.astype(dtype))


def resolve_shape(variable: Variable, shape: tuple[int, ...]) -> None:
    """Fix the deduced sizes of a parameter for good."""
    known = variable._shape
    if known != UNKNOWN_SHAPE and (
        len(known) != len(shape) or any(k not in (-1, n) for k, n in zip(known, shape))
    ):
        raise ShapeError(f"{variable}: shape {shape_text(known)} cannot become {shape_text(shape)}")
    variable._shape = tuple(shape)


def _as_array(value) -> np.ndarray | None:
    if isinstance(value, Value):
        value = value.rows
    if isinstance(value, NDArrayView):
        value = value._data
    return value if isinstance(value, np.ndarray) else None


def _first_value(shape, init, dtype: np.dtype, what: str) -> tuple[tuple[int, ...], Cell]:
    """Return the shape and the cell for an initial value in any of its forms."""
    if isinstance(init, (NDArrayView, Value)):
        init = _as_array(init)
    if hasattr(init, "draw"):
        if shape is None:
            raise ArgumentError(f"{what}: an initializer needs a shape")
        return as_shape(shape), Cell(draw=init.bound())
    init = 0 if init is None else init
    if np.ndim(init) == 0 and not isinstance(init, (list, tuple)):
        if isinstance(init, str):
            what = f"could not convert initializer {init!r} to a number"
            raise ValueError(describe(what, hint="an initializer, C.glorot_uniform()"))
        fill = float(init)
        shape = () if shape is None else as_shape(shape)
        if is_static(shape):
            return shape, Cell(np.full(shape, fill, dtype))
        return shape, Cell(draw=lambda final, kind: np.full(final, fill, kind))
    array = np.array(init, dtype=dtype, order="C")
    return array.shape, Cell(array)
