"""Variables: inputs, outputs, parameters, constants, placeholders."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum

import numpy as np

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS, UNKNOWN_AXES, Axis
from cntk.cell import Cell
from cntk.default_options import default_override_or, get_default_override
from cntk.dtypes import FLOAT32, as_dtype
from cntk.errors import ArgumentError, ShapeError, place, user_frame
from cntk.record import Record as Record
from cntk.shape import UNKNOWN_SHAPE, as_shape, is_static, shape_text
from cntk.tensor import NDArrayView, TensorOpsMixin
from cntk.value import Value


class VariableKind(IntEnum):
    """What a variable is; the numbers are those of CNTK's files."""

    Input = 0
    Output = 1
    Parameter = 2
    Constant = 3
    Placeholder = 4


_counter = itertools.count(3)
_tracing: ContextVar[int] = ContextVar("tracing", default=0)


@contextmanager
def tracing():
    """Mark that the body of a Python function is being turned into a Function."""
    token = _tracing.set(_tracing.get() + 1)
    try:
        yield
    finally:
        _tracing.reset(token)


def next_uid(word: str) -> str:
    """Return a new label such as ``Input3``; one counter serves the whole process."""
    return f"{word}{next(_counter)}"


def lift_uid_counter(above: int) -> None:
    """Make the next uid larger than a number that a loaded file uses."""
    global _counter
    start = next(_counter)
    _counter = itertools.count(max(start, above + 1))


class VariableMixin:
    """What all variables can tell about themselves."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape: -1 a size to be deduced, -3 a free size, (-2,) nothing known."""
        return self._shape

    @property
    def dtype(self):
        """Element type as a NumPy scalar type; None when not known yet."""
        return None if self._dtype is None else self._dtype.type

    @property
    def dynamic_axes(self) -> tuple[Axis, ...]:
        """Dynamic axes, batch first."""
        return self._dynamic_axes

    @property
    def is_sparse(self) -> bool:
        """Whether the data are sparse."""
        return self._is_sparse

    @property
    def needs_gradient(self) -> bool:
        """Whether gradients flow to this variable."""
        return self._needs_gradient

    @property
    def name(self) -> str:
        """Name given by the user, or ''."""
        return self._name

    @property
    def uid(self) -> str:
        """Label that is unique in this process."""
        return self._uid

    @property
    def kind(self) -> VariableKind:
        """What the variable is."""
        return self._kind

    @property
    def is_input(self) -> bool:
        """Whether data are fed to it."""
        return self._kind == VariableKind.Input

    @property
    def is_output(self) -> bool:
        """Whether a Function computes it."""
        return self._kind == VariableKind.Output

    @property
    def is_parameter(self) -> bool:
        """Whether learners change it."""
        return self._kind == VariableKind.Parameter

    @property
    def is_constant(self) -> bool:
        """Whether it is a constant."""
        return self._kind == VariableKind.Constant

    @property
    def is_placeholder(self) -> bool:
        """Whether it stands for something to come."""
        return self._kind == VariableKind.Placeholder

    @property
    def owner(self):
        """The Function that computes an output.

        Raises:
            RuntimeError: the variable is not an output.
        """
        if self._kind != VariableKind.Output:
            raise RuntimeError(
                f"called owner() on a variable that is not an output variable: {self}"
            )
        return self._owner


class Variable(VariableMixin, TensorOpsMixin):
    """A node of the graph that holds data.

    Args:
        shape: static shape.
        dtype: element type.
        needs_gradient: whether gradients flow to it.
        is_sparse: whether its data are sparse.
        dynamic_axes: dynamic axes, batch first.
        name: name of the variable.
    """

    def __init__(
        self,
        shape=None,
        dtype=None,
        needs_gradient=False,
        is_sparse=False,
        dynamic_axes=(BATCH_AXIS, SEQUENCE_AXIS),
        name="",
        kind=VariableKind.Input,
    ) -> None:
        self._shape = UNKNOWN_SHAPE if shape is None else as_shape(shape)
        self._dtype = None if dtype is None else as_dtype(dtype)
        self._dynamic_axes = tuple(dynamic_axes)
        self._is_sparse, self._needs_gradient = bool(is_sparse), bool(needs_gradient)
        self._name, self._kind, self._owner = name or "", kind, None
        self._made_at = user_frame()
        self._uid = next_uid(kind.name)

    @property
    def made_at(self) -> str | None:
        """The user's line that made the variable."""
        return place(self._made_at)

    def as_parameter(self) -> Parameter:
        """Return this variable as a Parameter.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(self, Parameter):
            raise TypeError("cannot be converted into a Parameter")
        return self

    def as_constant(self) -> Constant:
        """Return this variable as a Constant.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(self, Constant):
            raise TypeError("cannot be converted into a Constant")
        return self

    def adopt(self, other: Variable) -> bool:
        """Take over what is known of the data of another variable; return whether it was new."""
        known = self._shape, self._dtype, self._dynamic_axes, self._is_sparse
        new = other._shape, other._dtype, other._dynamic_axes, other._is_sparse
        self._shape, self._dtype, self._dynamic_axes, self._is_sparse = new
        return new != known

    def set_name(self, name: str) -> None:
        """Name an unnamed variable."""
        if self._name:
            raise ArgumentError(
                f"Illegal to set name of a Variable '{self._name}' with an existing name"
            )
        self._name = name

    def __repr__(self) -> str:
        return _printed(self)

    __str__ = __repr__


class _Stored(Variable):
    """A variable with a value: parameter or constant."""

    def _init_stored(self, cell: Cell, shape, dtype, name, kind) -> None:
        super().__init__(shape, dtype, kind == VariableKind.Parameter, False, (), name, kind)
        self.cell = cell

    @property
    def value(self) -> np.ndarray:
        """A copy of the value; assign an array to change it.

        Raises:
            ValueError: a size of the shape is not deduced yet.
        """
        return self.cell.read(self._shape, self._dtype).copy()

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
                    f"SetValue(): 'source' shape '{shape_text(array.shape)}' differs "
                    f"'destination' shape '{shape_text(self._shape)}'."
                )
            resolve_shape(self, array.shape)
        self.cell.write(np.asarray(array, self._dtype))

    def data(self) -> NDArrayView:
        """Return the value as an NDArrayView that shares its memory."""
        return NDArrayView._wrap(self.cell.read(self._shape, self._dtype), True)

    def asarray(self) -> np.ndarray:
        """Return a copy of the value."""
        return self.value


class Parameter(_Stored):
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
        if _tracing.get():
            raise TypeError("parameters cannot be created inside a @Function def")
        dtype = get_default_override(Parameter, dtype=dtype)
        shape, cell = _first_value(shape, init, as_dtype(dtype), "Parameter")
        self._init_stored(cell, shape, dtype, name, VariableKind.Parameter)


class Constant(_Stored):
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
        shape, cell = _first_value(shape, 0 if value is None else value, as_dtype(dtype), "Constant")
        self._init_stored(cell, shape, dtype, name, VariableKind.Constant)

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


def placeholder_variable(shape=None, dynamic_axes=None, name="", dtype=None) -> Variable:
    """Return a variable that stands for something to come."""
    axes = UNKNOWN_AXES if dynamic_axes is None else tuple(dynamic_axes)
    return Variable(shape, dtype, False, False, axes, name, VariableKind.Placeholder)


def placeholder_like(variable: Variable) -> Variable:
    """Return a placeholder that stands for a variable inside of a block, named like it."""
    placeholder = placeholder_variable(name=variable.name)
    placeholder.adopt(variable)
    return placeholder


def output_of(owner, position: int, shape, dtype, axes, sparse, needs_gradient, name) -> Variable:
    """Return output number ``position`` of a Function."""
    output = Variable.__new__(Variable)
    output._shape, output._dtype, output._dynamic_axes = shape, dtype, axes
    output._is_sparse, output._needs_gradient = sparse, needs_gradient
    output._name, output._kind, output._owner = name, VariableKind.Output, owner
    output._made_at = None
    output._uid = f"{owner.uid}_Output_{position}"
    output.position = position
    return output


def resolve_shape(variable: Variable, shape: tuple[int, ...]) -> None:
    """Fix the deduced sizes of a parameter for good."""
    known = variable._shape
    if known != UNKNOWN_SHAPE and (
        len(known) != len(shape) or any(k not in (-1, n) for k, n in zip(known, shape))
    ):
        raise ShapeError(
            f"{_printed(variable)}: shape {shape_text(known)} cannot become {shape_text(shape)}"
        )
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
    if init is None:
        if shape is None:
            raise ArgumentError(f"{what}: give a shape, or a value that has one")
        init = 0
    if np.ndim(init) == 0 and not isinstance(init, (list, tuple)):
        if isinstance(init, str):
            raise ValueError(f"could not convert initializer {init!r} to a number")
        fill = float(init)
        shape = () if shape is None else as_shape(shape)
        if is_static(shape):
            return shape, Cell(np.full(shape, fill, dtype))
        return shape, Cell(draw=lambda final, kind: np.full(final, fill, kind))
    array = np.array(init, dtype=dtype, order="C")
    return array.shape, Cell(array)


def _printed(variable: VariableMixin) -> str:
    """Return e.g. ``Input('x', [#], [2 x 3])``."""
    word = VariableKind(variable._kind).name
    label = variable._name or variable._uid
    return f"{word}('{label}', {axes_text(variable._dynamic_axes)}, {shape_text(variable._shape)})"


def axes_text(axes: tuple[Axis, ...]) -> str:
    """Return ``[#, *]``, as CNTK prints dynamic axes."""
    if axes == UNKNOWN_AXES:
        return "[???]"
    signs = ("#" if a.is_batch_axis else "*" if a == SEQUENCE_AXIS else a.name for a in axes)
    return "[" + ", ".join(signs) + "]"
