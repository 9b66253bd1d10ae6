"""Function: what users hold, compose, inspect, run, train and save."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from cntk.errors import ArgumentError
from cntk.graph.looking import Looking
from cntk.graph.native import Native
from cntk.graph.running import Running
from cntk.graph.traverse import leaves
from cntk.tensor import TensorOpsMixin
from cntk.upward import module
from cntk.variables import (
    PartOfGraph,
    Variable,
    VariableKind,
    arguments_of_running_bodies,
    checked_name,
)

if TYPE_CHECKING:
    from cntk.graph.nodes import Node


class CloneMethod(Enum):
    """What becomes of the parameters of a clone.

    >>> x, w = C.input_variable(2), C.parameter(2)
    >>> copy = (x * w).clone(C.CloneMethod.freeze)
    >>> len(copy.parameters), len(copy.constants)
    (0, 1)
    """

    share = "share"
    clone = "clone"
    freeze = "freeze"


class ModelFormat(Enum):
    """Format of a model file.

    >>> C.ModelFormat.CNTKv2
    <ModelFormat.CNTKv2: 0>
    """

    CNTKv2 = 0
    ONNX = 1


class _Traceable(type):
    """Makes ``Function(python_function)`` trace the Python function."""

    def __call__(cls, *args, **kwargs):
        if cls is not Function:
            return super().__call__(*args, **kwargs)
        if not args or not callable(args[0]):
            raise TypeError("Function is made from a Python function: @C.Function")
        return module("cntk.graph.trace").trace(*args, **kwargs)

    @property
    def __signature__(cls) -> inspect.Signature:  # else all classes would show the one above
        initialize = inspect.getattr_static(cls, "__init__")
        _, *parameters = inspect.signature(initialize).parameters.values()
        return inspect.Signature(parameters)


class Function(Running, Looking, Native, TensorOpsMixin, PartOfGraph, metaclass=_Traceable):
    """A function of the graph: made by operators, layers, or from a Python function.

    As a decorator it turns a Python function into a Function; the arguments become its inputs.

    >>> import cntk as C
    >>> x = C.input_variable(2, name='x')
    >>> f = C.plus(x, 1)
    >>> f.eval([[1, 2]])
    array([[2., 3.]], dtype=float32)
    """

    @property
    def is_composite(self) -> bool:
        """Whether it is a whole graph seen from its root."""
        return False

    @property
    def is_primitive(self) -> bool:
        """Whether it is one operation, or a block."""
        return False

    @property
    def is_block(self) -> bool:
        """Whether it shows a composite inside as one operation."""
        return False

    if TYPE_CHECKING:  # as a decorator

        def __init__(self, function: Callable, **options) -> None: ...

    @property
    def outputs(self) -> tuple[Variable, ...]:
        """The output variables."""
        raise AttributeError("outputs")

    @property
    def output(self) -> Variable:
        """The single output variable.

        Raises:
            RuntimeError: there are several.
        """
        outputs = self.outputs
        if len(outputs) != 1:
            raise RuntimeError(
                f"A Function instance '{self!r}' with more than one output cannot be implicitly "
                "converted to a Variable."
            )
        return outputs[0]

    @property
    def name(self) -> str:
        """Name given by the user, or ''."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        """Name an unnamed Function; its outputs keep their names."""
        if self._name:
            raise ArgumentError(
                f"Illegal to set name of a Function '{self!r}' with an existing name "
                f"'{self._name}'; C.alias(function, name) gives its result another one"
            )
        self._rename(checked_name(name))

    def set_name(self, name: str) -> None:
        """Name an unnamed Function."""
        self.name = name

    @property
    def uid(self) -> str:
        """Label that is unique in this process."""
        return self._uid

    @property
    def op_name(self) -> str:
        """Name of the operation."""
        raise AttributeError("op_name")

    @property
    def root_function(self) -> Node:
        """The primitive or block whose outputs it has."""
        raise AttributeError("root_function")

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """All variables without owner that the outputs depend on."""
        return self._leaves(False)

    def _leaves(self, stored_order: bool) -> tuple[Variable, ...]:
        from cntk.graph.nodes import mutations

        cache = self.__dict__.setdefault("_leaves_cache", {})
        known = cache.get(stored_order)
        if known is None or known[0] != mutations[0]:
            # of the operands of a combine, CNTK 2.7 lists those first that no function makes
            roots = sorted(self.outputs, key=lambda output: output._owner is not None)
            known = cache[stored_order] = (mutations[0], tuple(leaves(roots, stored_order)))
        return known[1]

    def _of_kind(self, *kinds: VariableKind) -> tuple[Variable, ...]:
        stored = VariableKind.Parameter in kinds or VariableKind.Constant in kinds
        return tuple(v for v in self._leaves(stored) if v._kind in kinds)

    @property
    def arguments(self) -> tuple[Variable, ...]:
        """The variables to feed: inputs and placeholders."""
        return self._of_kind(VariableKind.Input, VariableKind.Placeholder)

    @property
    def signature(self) -> tuple[Variable, ...]:
        """The arguments of a call, in order.

        Those of a Python function that is being turned into a Function, and that this one stands
        in, are given already.
        """
        given = arguments_of_running_bodies()
        return tuple(argument for argument in self.arguments if argument not in given)

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """All parameters, those nearest to the root first."""
        return self._of_kind(VariableKind.Parameter)

    @property
    def constants(self) -> tuple[Variable, ...]:
        """All constants."""
        return self._of_kind(VariableKind.Constant)

    @property
    def placeholders(self) -> tuple[Variable, ...]:
        """All placeholders."""
        return self._of_kind(VariableKind.Placeholder)

    def parameters_and_constants(self) -> tuple[Variable, ...]:
        """Parameters and constants in the order of their discovery."""
        return self._of_kind(VariableKind.Parameter, VariableKind.Constant)

    @property
    def block_root(self) -> Function:
        """The root of what is inside a block; ``C.as_composite`` makes a composite of it.

        Raises:
            ValueError: this is no block.
        """
        raise ArgumentError(
            f"Function::BlockRoot() called for a Function '{self!r}' which is not a block."
        )

    @property
    def block_arguments_mapping(self):
        """(placeholder inside, variable outside) pairs of a block.

        Raises:
            ValueError: this is no block.
        """
        raise ArgumentError(
            f"Function::BlockArgumentsMapping() called for a Function '{self!r}' "
            "which is not a block."
        )

    def __call__(self, *args, **kwargs):
        """Apply the Function: to variables it composes graphs, to data it computes."""
        return module("cntk.graph.call").call(self, args, kwargs)

    def argument_map(self, *args, **kwargs) -> dict:
        """Return {argument: given} of a call."""
        return module("cntk.graph.call").argument_map(self, args, kwargs)

    def __rshift__(self, other):
        return module("cntk.graph.call").forward_compose(self, other)

    def __lshift__(self, other):
        return self(other)

    def clone(self, method, substitutions=None) -> Function:
        """Return a copy of the graph.

        Args:
            method: ``'share'`` the parameters, ``'clone'`` them, or ``'freeze'`` them into
                constants; or a CloneMethod.
            substitutions: {variable or Function: its replacement}.

        Raises:
            ValueError: unknown method.
        """
        return module("cntk.graph.clone").clone(self, method, substitutions)

    def replace_placeholders(self, substitutions: dict) -> Function:
        """Replace placeholders in place and return the Function."""
        return module("cntk.graph.replace").replace_placeholders(self, substitutions)

    def replace_placeholder(self, substitution) -> Function:
        """Replace the only placeholder in place and return the Function."""
        return module("cntk.graph.replace").replace_placeholder(self, substitution)

    def update_signature(self, *arg_types, **kwarg_types) -> None:
        """Replace placeholders by inputs of given types, in place.

        Args:
            arg_types: a type, such as ``Tensor[3]``, or a shape for each argument; None leaves an
                argument as it is.
            kwarg_types: types by names of arguments.

        Raises:
            TypeError: an argument has another type already, or there is no such argument.
        """
        module("cntk.graph.trace").update_signature(self, arg_types, kwarg_types)

    def declare_args(self, *arg_types) -> Function:
        """As :meth:`update_signature`; returns the Function."""
        self.update_signature(*arg_types)
        return self

    @staticmethod
    def with_signature(*args, **kwargs):
        """Return a decorator that makes a Function with typed arguments."""
        return module("cntk.graph.trace").with_signature(*args, **kwargs)

    @property
    def attributes(self) -> dict:
        """The attributes of the operation under CNTK's keys."""
        return {}

    def set_attribute(self, name: str, value) -> None:
        """Change ``dropoutRate`` or ``rngSeed``; no new plan is made.

        Raises:
            RuntimeError: another attribute, or a rate outside [0, 1), or a seed that is no integer.
        """
        module("cntk.graph.attributes").set_attribute(self, name, value)

    @property
    def custom_attributes(self) -> dict:
        """A dictionary of the user's own, saved with the model."""
        return self.root_function._custom_attributes

    @custom_attributes.setter
    def custom_attributes(self, values: dict) -> None:
        if not isinstance(values, dict):
            raise TypeError(f"values must be a dictionary, not {type(values).__name__}")
        self.root_function._custom_attributes = dict(values)

    @property
    def type(self):
        """The type of the output, e.g. ``Tensor[2,3]``."""
        return module("cntk.graph.types").type_of(self.output)

    def save(
        self,
        filename,
        format=ModelFormat.CNTKv2,
        use_external_files_to_store_parameters=False,
    ) -> None:
        """Write the model to a file that CNTK 2.7 can load."""
        module("cntk.graph.files").save(self, filename, format)

    def restore(self, filename) -> None:
        """Read the values of all parameters and constants from a file of an equal graph."""
        module("cntk.graph.files").restore(self, filename)

    @staticmethod
    def load(model, device=None, format=ModelFormat.CNTKv2) -> Function:
        """Return the Function that a file (or bytes) holds."""
        return module("cntk.graph.files").load(model, format)

    def __reduce__(self):
        """Pickle the whole graph, as the bytes of its model file."""
        return Function.load, (module("cntk.graph.files").to_bytes(self),)

    def __deepcopy__(self, memo: dict) -> Function:
        """Return ``clone('clone')``: parameters are copied, inputs are fresh."""
        return memo.setdefault(id(self), module("cntk.graph.clone").clone(self, CloneMethod.clone))

    @staticmethod
    def register_udf_deserialize_callback(op_name: str, callback) -> None:
        """Name the function that rebuilds a user function found in a file.

        Args:
            op_name: ``module.Class`` of the user function.
            callback: function of (inputs, name, state) that returns it.
        """
        module("cntk.graph.user_function").register_factory(op_name, callback)


def is_function_or_variable(x) -> bool:
    """Whether something belongs to a graph."""
    return isinstance(x, (Function, Variable))
