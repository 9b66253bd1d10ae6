"""User functions: operators written in Python by users, opaque to the planner."""

from __future__ import annotations

from collections.abc import Iterator

from cntk.errors import ArgumentError, UnsupportedError
from cntk.graph.build import as_variable
from cntk.graph.function import Function
from cntk.graph.infer import Spec
from cntk.graph.nodes import CompositeFunction, Node
from cntk.upward import module
from cntk.variables import Variable, VariableKind, next_uid

_factories: dict[str, object] = {}


def register_factory(op_name: str, factory) -> None:
    """Name the function that rebuilds a user function found in a file."""
    if not callable(factory):
        raise ArgumentError(f"the factory for user function '{op_name}' is not callable")
    _factories[op_name] = factory


def factory_for(op_name: str):
    """Return what rebuilds a user function of a file, or None.

    That is what was registered, or else ``deserialize`` of the class, if the script has defined
    the class and the class has that method: nothing is imported, and nothing else is called.

    Args:
        op_name: ``module.Class``.
    """
    if op_name in _factories:
        return _factories[op_name]
    known = [found for found in _subclasses(UserFunction) if _file_name(found) == op_name]
    overriding = [found for found in known if found.deserialize is not UserFunction.deserialize]
    return overriding[-1].deserialize if overriding else None  # a notebook defines it anew


def _subclasses(base: type[UserFunction]) -> Iterator[type[UserFunction]]:
    for found in base.__subclasses__():
        yield found
        yield from _subclasses(found)


def _file_name(kind: type[UserFunction]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class UserFunction(Node):
    """Base of operators written in Python.

    Override ``forward`` and ``infer_outputs``, and ``backward`` for training; wrap the object with
    ``C.user_function``.

    - ``forward(self, argument, device=None, outputs_to_retain=None)`` returns ``(state, result)``;
      several inputs come as a list. With several outputs it is ``forward(self, arguments, outputs,
      device=None, outputs_to_retain=None)``, which fills the dictionary and returns the state.
    - ``backward(self, state, root_gradients)`` returns the gradient of the only input; with several
      inputs it is ``backward(self, state, root_gradients, variables)``, which fills the dictionary.
    - ``infer_outputs(self)`` returns a list of ``C.output_variable``.
    - ``serialize(self)`` returns a dictionary that is saved with a model, and the static method
      ``deserialize(inputs, name, state)`` makes the function of it again.

    Args:
        inputs: variables or Functions that it is applied to.
        as_numpy: hand over NumPy arrays (lists of arrays for sequences); else Values.
        attributes: a dictionary of the user's own.
        name: name of the Function.

    >>> class Double(C.ops.functions.UserFunction):
    ...     def infer_outputs(self):
    ...         x = self.inputs[0]
    ...         return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]
    ...     def forward(self, argument, device=None, outputs_to_retain=None):
    ...         return None, 2 * argument
    ...     def backward(self, state, root_gradients):
    ...         return 2 * root_gradients
    >>> x = C.input_variable(2, needs_gradient=True)
    >>> y = C.user_function(Double([x]))
    >>> y.eval([[1, 2]]), y.grad([[1, 2]])
    (array([[2., 4.]], dtype=float32), array([[2., 2.]], dtype=float32))
    """

    def __init__(self, inputs, as_numpy: bool = True, attributes=None, name: str = "") -> None:
        if not inputs:
            raise ArgumentError(f"{type(self).__name__}: a user function has at least one input")
        super().__init__([as_variable(x) for x in inputs], "UserFunction", name)
        self._uid = next_uid("UserDefinedFunction")
        self.as_numpy, self._attributes = as_numpy, dict(attributes or {})

    @property
    def op_name(self) -> str:
        """``module.Class``, which also names it in files."""
        return _file_name(type(self))

    @property
    def attributes(self) -> dict:
        """The attributes given at construction."""
        return dict(self._attributes)

    def infer_outputs(self) -> list[Variable]:
        """Return what describes the outputs; to be overridden."""
        raise UnsupportedError(f"{self.op_name} must override infer_outputs()")

    def infer_user_outputs(self) -> None:
        """Ask the user's code for the outputs, and adopt them."""
        described = self.infer_outputs()
        if not isinstance(described, (list, tuple)) or not all(
            isinstance(output, Variable) for output in described
        ):
            raise RuntimeError(
                f"{self.op_name}.infer_outputs() must return a list of C.output_variable, "
                f"not {described!r}"
            )
        if not self._outputs:
            for i, output in enumerate(described):
                output._kind, output._owner, output.position = VariableKind.Output, self, i
                output._uid = f"{self.uid}_Output_{i}"
            self._outputs = tuple(described)
        self.take_specs([Spec.of(o, needs_gradient=self._passes_gradient(o)) for o in described])

    def _passes_gradient(self, output: Variable) -> bool:
        return output.needs_gradient and any(x.needs_gradient for x in self.operands)

    def copy_onto(self, operands: list[Variable]) -> Node:
        """Return a copy of the function on other inputs."""
        if type(self).clone is not UserFunction.clone:
            made = self.clone(operands)
            node = made.root_function if isinstance(made, Function) else made
            if not node.outputs:
                node.infer_user_outputs()
            return node
        node = type(self).__new__(type(self))
        node.__dict__.update(self.__dict__)
        node.operands, node._outputs = list(operands), ()
        node._uid = next_uid("UserDefinedFunction")
        node.infer_user_outputs()
        return node

    def clone(self, cloned_inputs):
        """Return this function on other inputs; may be overridden."""
        return CompositeFunction(self.copy_onto([as_variable(x) for x in cloned_inputs]))

    def serialize(self) -> dict:  # type: ignore[override]  # of other Functions it is absent
        """Return a dictionary that is saved with the model; may be overridden."""
        return {}

    @staticmethod
    def deserialize(inputs, name, state):
        """Rebuild the function from what ``serialize`` returned; to be overridden."""
        raise UnsupportedError("this user function does not override deserialize()")

    def emit_symbols(self, graph, operands):
        """Append this function to a plan."""
        return module("cntk.execution.user").emit(self, graph, operands)


def user_function(user_func: UserFunction) -> Function:
    """Return a Function around a UserFunction object; see there for an example.

    Args:
        user_func: the object.

    Raises:
        TypeError: it is no UserFunction.
    """
    if not isinstance(user_func, UserFunction):
        raise TypeError(f"user_function takes a UserFunction, not {type(user_func).__name__}")
    user_func.infer_user_outputs()
    return CompositeFunction(user_func, name="")
