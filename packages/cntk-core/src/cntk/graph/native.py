"""What a Function of CNTK 2.7 has from its native class, as far as scripts can make use of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cntk.deprecation import NativeMember
from cntk.upward import module

if TYPE_CHECKING:
    from cntk.graph.function import Function


class Native:
    """The part of a Function that CNTK 2.7 keeps in its native library."""

    max_num_outputs = 64  # CNTK 2.7's limit; there is none here

    if TYPE_CHECKING:

        @property
        def custom_attributes(self) -> dict: ...
        @custom_attributes.setter
        def custom_attributes(self, values: dict) -> None: ...

    def clone_flattened(self, method="clone") -> Function:
        """Return a copy of the graph without blocks: what is inside of them stands in their place.

        Args:
            method: as for ``clone``, or the number that CNTK 2.7 has for it: 0 shares the
                parameters, 1 clones them, 2 freezes them.

        Raises:
            ValueError: unknown method.

        >>> x = C.input_variable(2)
        >>> z = C.layers.Dense(3)(x)
        >>> z.root_function.op_name, z.clone_flattened().root_function.op_name
        ('Dense', 'Plus')
        """
        return module("cntk.graph.clone").clone_flattened(self, method)

    def evaluate(self, arguments: dict, outputs: dict, device=None) -> None:
        """Compute outputs into a dictionary; ``eval`` returns them.

        Args:
            arguments: {variable: data}.
            outputs: {output: None}; each None becomes a Value.
            device: where to compute.

        Raises:
            TypeError: the outputs are no dictionary.
        """
        _check_dictionary(outputs, "outputs")
        session = module("cntk.execution.session")
        found = session.evaluate(self, arguments, list(outputs), False)
        outputs.update(found if len(outputs) > 1 else dict.fromkeys(outputs, found))

    def gradients(self, arguments: dict, gradients: dict, device=None) -> None:
        """Compute gradients of the sum of the output into a dictionary; ``grad`` returns them.

        Args:
            arguments: {variable: data}.
            gradients: {variable: None}; each None becomes a Value.
            device: where to compute.

        Raises:
            TypeError: the gradients are no dictionary.
        """
        _check_dictionary(gradients, "gradients")
        session = module("cntk.execution.session")
        found = session.grad(self, arguments, list(gradients), None, False, None)
        gradients.update(found if len(gradients) > 1 else dict.fromkeys(gradients, found))

    def get_custom_attributes(self) -> dict:
        """Return ``custom_attributes``."""
        return self.custom_attributes

    def reset_custom_attributes(self) -> None:
        """Empty ``custom_attributes``."""
        self.custom_attributes = {}

    @staticmethod
    def load_from_buffer(model, device=None) -> Function:
        """Return the Function that the bytes of a model file hold.

        Args:
            model: the content of a file.
            device: where to keep the parameters.

        Raises:
            ValueError: it is no model.
        """
        return module("cntk.graph.files").load(bytes(model))

    @staticmethod
    def register_native_user_function(
        op_id: str, module_name: str, factory_method_name: str
    ) -> bool:
        """As ``cntk.ops.register_native_user_function``."""
        home = module("cntk.graph.native_user_function")
        return home.register_native_user_function(op_id, module_name, factory_method_name)

    @staticmethod
    def native_user_function(
        op_id: str, operands, attributes=None, user_function_instance_name: str = ""
    ) -> Function:
        """As ``cntk.ops.native_user_function``."""
        return module("cntk.graph.native_user_function").native_user_function(
            op_id, operands, attributes, user_function_instance_name
        )

    current_version = NativeMember("C.__version__; files say their version by themselves")
    deserialize_method_name = NativeMember("Function.register_udf_deserialize_callback")
    module_name = NativeMember("op_name, which names the class of a user function")
    restore_from_checkpoint = NativeMember("restore(filename), or Trainer.restore_from_checkpoint")
    serialize = NativeMember("save(filename), or pickle.dumps(f) for its bytes")
    set_native = NativeMember("nothing; all that run here are known by their class")


def _check_dictionary(given: object, what: str) -> None:
    if not isinstance(given, dict):
        raise TypeError(
            f"{what} are a dictionary that is filled, {{variable: None}}, not "
            f"{type(given).__name__}. try: eval or grad, which return them"
        )
