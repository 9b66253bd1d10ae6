"""Types of variables for annotations: ``Tensor[2,3]``, ``Sequence[Tensor[3]]``, ..."""

from __future__ import annotations

import numpy as np

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS, Axis
from cntk.graph.trace import annotate
from cntk.graph.types import VariableType
from cntk.namespace import attribute_getter
from cntk.shape import UNKNOWN_SHAPE, as_shape

__getattr__ = attribute_getter(__name__)


class _Indexed(type):
    """Makes ``Tensor[2,3]`` a type."""

    def __getitem__(cls, given):
        return cls._of(given)


def _tensor(given, **more) -> VariableType:
    parts = given if isinstance(given, tuple) else (given,)
    dtype = {}
    if parts and isinstance(parts[0], type) and issubclass(parts[0], np.floating):
        dtype, parts = {"dtype": parts[0]}, parts[1:]
    return VariableType(shape=as_shape(parts), **dtype, **more)


class Tensor(metaclass=_Indexed):
    """A dense tensor with a batch axis: ``Tensor[2,3]``, ``Tensor[np.float64,3]``.

    >>> Tensor[2,3]
    Tensor[2,3]
    """

    @staticmethod
    def _of(given) -> VariableType:
        return _tensor(given, is_sparse=False, dynamic_axes=[BATCH_AXIS])


class SparseTensor(metaclass=_Indexed):
    """A sparse tensor with a batch axis: ``SparseTensor[1000]``.

    >>> SparseTensor[5]
    SparseTensor[5]
    """

    @staticmethod
    def _of(given) -> VariableType:
        return _tensor(given, is_sparse=True, dynamic_axes=[BATCH_AXIS])


class ParameterTensor(metaclass=_Indexed):
    """A tensor without dynamic axes: ``ParameterTensor[2,3]``.

    >>> ParameterTensor[2,3]
    ParameterTensor[2,3]
    """

    @staticmethod
    def _of(given) -> VariableType:
        return _tensor(given, is_sparse=False, dynamic_axes=[])


tensor = VariableType(shape=UNKNOWN_SHAPE, is_sparse=False, dynamic_axes=[BATCH_AXIS])


def _sequence(given, axis: Axis) -> VariableType:
    inner = VariableType.of(given)
    axes = inner.get("dynamic_axes", [])
    if any(isinstance(a, Axis) and a.is_sequence_axis for a in axes):
        raise TypeError("sequences over sequences are currently not supported")
    return VariableType({**inner, "dynamic_axes": [BATCH_AXIS, axis]})


class Sequence(metaclass=_Indexed):
    """A sequence of tensors: ``Sequence[Tensor[3]]``.

    >>> Sequence[Tensor[3]]
    Sequence[Tensor[3]]
    """

    @staticmethod
    def _of(given) -> VariableType:
        return _sequence(given, SEQUENCE_AXIS)


class SequenceOverMeta(type):
    """Makes ``SequenceOver[axis]`` a factory of types."""

    def __getitem__(cls, axis: Axis):
        if not isinstance(axis, Axis):
            raise TypeError(f"SequenceOver takes a C.Axis, not {axis!r}")

        class OverAxis(metaclass=_Indexed):
            @staticmethod
            def _of(given) -> VariableType:
                return _sequence(given, axis)

        return OverAxis


class SequenceOver(metaclass=SequenceOverMeta):
    """A sequence along a given axis: ``SequenceOver[axis][Tensor[3]]``.

    >>> SequenceOver[Axis('frames')][Tensor[3]]
    SequenceOver[frames][Tensor[3]]
    """


def Signature(*args, **kwargs):
    """Return a decorator that gives a Python function's arguments types; ``@C.Function`` above it.

    Args:
        args: types in the order of the arguments.
        kwargs: types by name.

    Raises:
        ValueError: the function has annotations already.
        TypeError: the number of types differs from that of the arguments.

    >>> @C.Function
    ... @C.layers.Signature(C.layers.typing.Tensor[3])
    ... def double(x):
    ...     return 2 * x
    >>> double.x.shape
    (3,)
    """
    return lambda function: annotate(function, args, kwargs)
