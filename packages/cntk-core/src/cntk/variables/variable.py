"""Variable: a place in the graph where data are."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS, UNKNOWN_AXES, Axis
from cntk.dtypes import as_dtype, dtype_code
from cntk.errors import ArgumentError, ExecutionError, place, user_frame
from cntk.shape import UNKNOWN_SHAPE, as_shape
from cntk.tensor import NDArrayView, TensorOpsMixin
from cntk.variables.part import PartOfGraph
from cntk.variables.printing import variable_text
from cntk.variables.uids import checked_name, next_uid


class VariableKind(IntEnum):
    """What a variable is; the numbers are those of CNTK's files."""

    Input = 0
    Output = 1
    Parameter = 2
    Constant = 3
    Placeholder = 4

    def __call__(self) -> VariableKind:
        """Return itself, for scripts of CNTK 2.7, where ``kind`` is a method."""
        return self


class VariableMixin:
    """What all variables can tell about themselves."""

    _shape: tuple[int, ...]
    _dtype: np.dtype | None
    _dynamic_axes: tuple[Axis, ...]
    _is_sparse: bool
    _needs_gradient: bool
    _name: str
    _uid: str
    _kind: VariableKind
    _owner: Any  # the node, for outputs

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

    def has_batch_axis(self) -> bool:
        """Whether the data have a value for each sample of a minibatch."""
        return any(axis.is_batch_axis for axis in self._dynamic_axes)

    def has_sequence_axis(self) -> bool:
        """Whether the data have a value for each frame of a sequence."""
        return any(axis.is_sequence_axis for axis in self._dynamic_axes)

    def as_string(self) -> str:
        """Return what it prints as."""
        return str(self)

    def get_data_type(self) -> int:
        """Return CNTK's number of the element type: 1 float32, 2 float64, 4 float16, 0 unknown."""
        return dtype_code(self._dtype)

    def is_initialized(self) -> bool:
        """Whether there is a value, of a variable that has one; of others: yes."""
        return True

    def get_value(self) -> NDArrayView:
        """Return the value of a parameter or constant.

        Raises:
            RuntimeError: the variable is none.
        """
        raise ExecutionError(
            f"Variable '{self}' Value(): Only Variables of kind Parameter and Constant have a "
            "Value. try: f.eval(...), which computes those of outputs"
        )

    def current_value_time_stamp(self) -> int:
        """Return a number that changes with the value of a parameter or constant.

        Raises:
            RuntimeError: the variable is none.
        """
        raise ExecutionError(
            f"Variable '{self}' CurrentValueTimeStamp: Variable must be a Parameter or Constant"
        )

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


class Variable(VariableMixin, TensorOpsMixin, PartOfGraph):
    """A node of the graph that holds data.

    Args:
        shape: static shape.
        dtype: element type.
        needs_gradient: whether gradients flow to it.
        is_sparse: whether its data are sparse.
        dynamic_axes: dynamic axes, batch first.
        name: name of the variable.

    >>> x = C.input_variable((2, 3), name='x')
    >>> isinstance(x, Variable), x.shape, x.name
    (True, (2, 3), 'x')
    """

    position = 0  # among the outputs of its owner
    stands_for: Variable | None = None  # what a placeholder inside of a block is bound to

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
        self._name, self._kind, self._owner = checked_name(name), kind, None
        self._made_at = user_frame()
        self._uid = next_uid(kind.name)

    @property
    def made_at(self) -> str | None:
        """The user's line that made the variable."""
        return place(self._made_at)

    def as_parameter(self) -> Variable:
        """Return this variable as a Parameter.

        Raises:
            TypeError: it is none.
        """
        if not self.is_parameter:
            raise TypeError("cannot be converted into a Parameter")
        return self

    def as_constant(self) -> Variable:
        """Return this variable as a Constant.

        Raises:
            TypeError: it is none.
        """
        if not self.is_constant:
            raise TypeError("cannot be converted into a Constant")
        return self

    def adopt(self, other: Variable, is_typed: bool = True) -> bool:
        """Stand for another variable: take over what is known of it; say whether that was new.

        Args:
            other: the variable.
            is_typed: whether its element type is known.
        """
        before = self.known()
        self._shape, self._dtype = other._shape, other._dtype if is_typed else None
        self._dynamic_axes, self._is_sparse = other._dynamic_axes, other._is_sparse
        self.stands_for = other
        return self.known() != before

    def known(self) -> tuple:
        """Return what is known of the data, to be compared."""
        # dtype as a type: NumPy says that the dtype float64 equals None
        return self._shape, self.dtype, self._dynamic_axes, self._is_sparse

    def set_name(self, name: str) -> None:
        """Name an unnamed variable."""
        if self._name:
            raise ArgumentError(
                f"Illegal to set name of a Variable '{self._name}' with an existing name"
            )
        self._name = name

    def __repr__(self) -> str:
        return variable_text(self)

    __str__ = __repr__


def placeholder_variable(shape=None, dynamic_axes=None, name="", dtype=None) -> Variable:
    """Return a variable that stands for something to come."""
    axes = UNKNOWN_AXES if dynamic_axes is None else tuple(dynamic_axes)
    return Variable(shape, dtype, False, False, axes, name, VariableKind.Placeholder)


def placeholder_like(variable: Variable) -> Variable:
    """Return a placeholder that stands for a variable inside of a block, named like it."""
    placeholder = placeholder_variable(name=variable.name)
    placeholder.adopt(variable)
    return placeholder


def input_like(variable: Variable) -> Variable:
    """Return an input for data in the place of a variable, named like it."""
    axes, needs_gradient = variable.dynamic_axes, variable.needs_gradient
    return Variable(
        variable.shape, variable._dtype, needs_gradient, variable.is_sparse, axes, variable.name
    )


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
