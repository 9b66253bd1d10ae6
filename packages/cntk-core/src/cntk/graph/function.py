"""Function: what users hold, compose, inspect, run, train and save."""

from __future__ import annotations

from enum import Enum

from cntk.errors import ArgumentError
from cntk.graph.traverse import find_all_with_name, leaves
from cntk.tensor import TensorOpsMixin
from cntk.upward import module
from cntk.variables import Variable, VariableKind


class CloneMethod(Enum):
    """What becomes of the parameters of a clone."""

    share = "share"
    clone = "clone"
    freeze = "freeze"


class ModelFormat(Enum):
    """Format of a model file."""

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


class Function(TensorOpsMixin, metaclass=_Traceable):
    """A function of the graph: made by operators, layers, or from a Python function.

    As a decorator it turns a Python function into a Function; the arguments become its inputs.

    >>> import cntk as C
    >>> x = C.input_variable(2, name='x')
    >>> f = C.plus(x, 1)
    >>> f.eval([[1, 2]])
    array([[2., 3.]], dtype=float32)
    """

    is_composite = False
    is_primitive = False
    is_block = False

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
                f"A Function '{self}' instance with more than one output cannot be implicitly "
                "converted to a Variable."
            )
        return outputs[0]

    @property
    def name(self) -> str:
        """Name given by the user, or ''."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        if self._name:
            raise ArgumentError(
                f"Illegal to set name of a Function '{self._name}' with an existing name"
            )
        self._rename(name)

    def set_name(self, name: str) -> None:
        """Name an unnamed Function."""
        self.name = name

    @property
    def uid(self) -> str:
        """Label that is unique in this process."""
        return self._uid

    @property
    def owner(self):
        """The node that computes the output."""
        return self.output.owner

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """All variables without owner that the outputs depend on."""
        return self._leaves(False)

    def _leaves(self, stored_order: bool) -> tuple[Variable, ...]:
        from cntk.graph.nodes import mutations

        cache = self.__dict__.setdefault("_leaves_cache", {})
        known = cache.get(stored_order)
        if known is None or known[0] != mutations[0]:
            known = cache[stored_order] = (mutations[0], tuple(leaves(self.outputs, stored_order)))
        return known[1]

    def _of_kind(self, *kinds: VariableKind) -> tuple[Variable, ...]:
        stored = VariableKind.Parameter in kinds or VariableKind.Constant in kinds
        return tuple(v for v in self._leaves(stored) if v._kind in kinds)

    @property
    def arguments(self) -> tuple[Variable, ...]:
        """The variables to feed: inputs and placeholders."""
        found = self._of_kind(VariableKind.Input, VariableKind.Placeholder)
        order = self.__dict__.get("_argument_order")
        return tuple(order) if order and set(order) == set(found) else found

    @property
    def signature(self) -> tuple[Variable, ...]:
        """The arguments of a call, in order."""
        return self.arguments

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
        """The composite inside a block.

        Raises:
            ValueError: this is no block.
        """
        raise ArgumentError(
            f"Function::BlockRoot() called for a Function '{self}' which is not a block."
        )

    @property
    def block_arguments_mapping(self):
        """(placeholder inside, variable outside) pairs of a block.

        Raises:
            ValueError: this is no block.
        """
        raise ArgumentError(
            f"Function::BlockArgumentsMapping() called for a Function '{self}' "
            "which is not a block."
        )

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)
        found = self._part(name)
        if found is not None:
            return found
        outputs = self.outputs
        if len(outputs) == 1:
            return getattr(outputs[0], name)
        raise AttributeError(
            f"Function does not have '{name}' and it cannot be looked up in its outputs because "
            "it does not have exactly one"
        )

    def _part(self, name: str):
        """Return the function or variable of that name, one block level deep."""
        inside = self if self.is_composite else self
        if self.is_composite and self.root_function.is_block and self._is_whole_block():
            inside = self.root_function.block_root
        elif self.is_block:
            inside = self.block_root
        return inside.find_by_name(name, depth=1)

    def _is_whole_block(self) -> bool:
        """Whether the composite is nothing but one block on leaves."""
        return all(not operand.is_output for operand in self.root_function.operands)

    def find_all_with_name(self, name: str, depth: int = 0) -> list:
        """Return all functions and variables with a name.

        Args:
            name: the name.
            depth: how many levels of blocks to look into; -1: all.
        """
        return find_all_with_name(self, name, depth)

    def find_by_name(self, name: str, depth: int = 0):
        """Return the function or variable with a name, or None.

        Args:
            name: the name.
            depth: how many levels of blocks to look into; -1: all.

        Raises:
            ValueError: there are several.
        """
        found = self.find_all_with_name(name, depth)
        if len(found) > 1:
            raise ArgumentError(
                f'found multiple functions matching "{name}". If that was expected call '
                "find_all_with_name"
            )
        return found[0] if found else None



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
        """Replace placeholders by inputs of given types, in place."""
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
            RuntimeError: another attribute.
        """
        module("cntk.graph.attributes").set_attribute(self, name, value)

    @property
    def custom_attributes(self) -> dict:
        """A dictionary of the user's own, saved with the model."""
        return self.root_function.__dict__.setdefault("_custom_attributes", {})

    @custom_attributes.setter
    def custom_attributes(self, values: dict) -> None:
        self.root_function.__dict__["_custom_attributes"] = dict(values)

    @property
    def type(self):
        """The type of the output, e.g. ``Tensor[2,3]``."""
        return module("cntk.graph.types").type_of(self.output)



    def eval(self, arguments=None, outputs=None, device=None, as_numpy=True):
        """Return the outputs for given data, in inference mode.

        Args:
            arguments: {variable or name: data}, or the data of the only argument.
            outputs: variables to compute; default: all outputs.
            device: where to compute; default: the default device.
            as_numpy: return NumPy arrays; False returns Values.
        """
        return module("cntk.execution.session").evaluate(self, arguments, outputs, as_numpy)

    def forward(
        self, arguments, outputs=None, keep_for_backward=None, device=None, as_numpy=True
    ):
        """Return (state, {output: value}); with ``keep_for_backward`` in training mode.

        Args:
            arguments: as for :meth:`eval`.
            outputs: variables to compute; default: all outputs.
            keep_for_backward: outputs that :meth:`backward` will start from.
            device: where to compute.
            as_numpy: return NumPy arrays; False returns Values.
        """
        return module("cntk.execution.backward").forward(
            self, arguments, outputs, keep_for_backward, as_numpy
        )

    def backward(self, state, root_gradients, variables, as_numpy=True) -> dict:
        """Return {variable: gradient} for gradients given at the outputs.

        Args:
            state: what :meth:`forward` returned.
            root_gradients: {output: gradient}.
            variables: inputs and parameters to return gradients for.
            as_numpy: return NumPy arrays; False returns Values.

        Raises:
            ValueError: no state was kept.
            RuntimeError: the Function has been run since.
        """
        return module("cntk.execution.backward").backward(
            self, state, root_gradients, variables, as_numpy
        )

    def grad(self, at, wrt=None, outputs=None, device=None, as_numpy=True, grad_root=None):
        """Return the gradient of the sum of the output.

        Args:
            at: data, as for :meth:`eval`.
            wrt: variables; default: all arguments with ``needs_gradient``. One gives an array,
                several a dict.
            outputs: variables to return as well; the result is then (gradients, outputs).
            device: where to compute.
            as_numpy: return NumPy arrays; False returns Values.
            grad_root: the output to start from, for a Function with several.
        """
        return module("cntk.execution.session").grad(self, at, wrt, outputs, as_numpy, grad_root)

    def train(
        self, minibatch_source, minibatch_size=32, streams=None, model_inputs_to_streams=None,
        parameter_learners=(), callbacks=(), progress_frequency=None, max_epochs=None,
        epoch_size=None, max_samples=None,
    ):  # fmt: skip
        """Train this criterion and return a Record of losses; see ``cntk.train``."""
        return module("cntk.train.function").train(
            self, minibatch_source, minibatch_size, streams, model_inputs_to_streams,
            parameter_learners, callbacks, progress_frequency, max_epochs, epoch_size, max_samples,
        )  # fmt: skip

    def test(
        self, minibatch_source, minibatch_size=32, streams=None, model_inputs_to_streams=None,
        callbacks=None,
    ):  # fmt: skip
        """Return a Record with the metric over a whole source; see ``cntk.train``."""
        return module("cntk.train.function").test(
            self, minibatch_source, minibatch_size, streams, model_inputs_to_streams, callbacks
        )

    def print_node_timing(self) -> None:
        """Print the time of each step of the last run, where timing was switched on."""
        module("cntk.execution.session").print_timing(self)



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

    @staticmethod
    def register_udf_deserialize_callback(op_name: str, callback) -> None:
        """Name the function that rebuilds a user function found in a file.

        Args:
            op_name: ``module.Class`` of the user function.
            callback: function of (inputs, name, state) that returns it.
        """
        module("cntk.graph.user_function").register_factory(op_name, callback)



    def __str__(self) -> str:
        return module("cntk.graph.printing").signature_text(self)

    def __repr__(self) -> str:
        return module("cntk.graph.printing").detailed_text(self)


def is_function_or_variable(x) -> bool:
    """Whether something belongs to a graph."""
    return isinstance(x, (Function, Variable))
