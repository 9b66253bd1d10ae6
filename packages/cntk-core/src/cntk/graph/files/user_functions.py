"""User functions in files: rebuilt by classes that the script defined, or what it registered."""

from __future__ import annotations

from cntk.graph.files.model import StoredFunction
from cntk.graph.function import Function
from cntk.graph.nodes import Node
from cntk.graph.user_function import UserFunction, factory_for
from cntk.storage import Dictionary, ModelFileError, to_python
from cntk.variables import Variable


def rebuild(stored: StoredFunction, operands: list[Variable]) -> Node:
    """Return the user function that its class, or a registered factory, makes.

    Args:
        stored: the function in the file.
        operands: what it is applied to.

    Raises:
        ModelFileError: no such class is defined, or it returned something else.
    """
    where = stored.where
    if stored.entry.require("native", bool, where):
        raise ModelFileError(
            f"{where} is a native user function, written in C++ for CNTK 2.7",
            hint="write it as a C.ops.functions.UserFunction and save the model again",
        )
    described = stored.entry.require("user_defined_state", Dictionary, where)
    op_name = described.require("op_name", str, where)
    factory = factory_for(op_name)
    if factory is None:
        raise ModelFileError(
            f"{where} is of the class '{op_name}', which is not defined, or has no deserialize(); "
            "a file may not import code",
            hint=f"import the class before loading, or "
            f"C.Function.register_udf_deserialize_callback('{op_name}', "
            "lambda inputs, name, state: ...)",
        )
    state = to_python(described.optional("state", Dictionary, Dictionary(), where))
    made = factory(operands, stored.name, state)
    node = made.root_function if isinstance(made, Function) else made
    if not isinstance(node, Node):
        raise ModelFileError(
            f"the factory for '{op_name}' returned no Function",
            expected="a UserFunction, or a Function",
            actual=type(made).__name__,
        )
    if isinstance(node, UserFunction) and not node.outputs:
        node.infer_user_outputs()
    return node
