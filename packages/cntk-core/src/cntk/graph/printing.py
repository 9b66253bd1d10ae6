"""How Functions print."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.graph.traverse import nodes_in_order
from cntk.graph.types import type_of
from cntk.variables import Variable


def signature_text(function: Function) -> str:
    """Return ``name: Plus(x: Tensor[2], y: Tensor[2]) -> Tensor[2]``."""
    title = f"{function.name}: " if function.name else ""
    arguments = ", ".join(map(_argument_text, _shown_arguments(function)))
    return f"{title}{_operation(function)}({arguments}) -> {_output_text(function.outputs)}"


def detailed_text(function: Function) -> str:
    """Return ``Composite(Plus): Input('x', [#], [2]) -> Output('Plus5_Output_0', [#], [2])``."""
    root = function.root_function
    title = f"Composite({root._op_name})" if function.is_composite else root._op_name
    arguments = ", ".join(map(str, _shown_arguments(function)))
    outputs = ", ".join(map(str, function.outputs))
    return f"{title}: {arguments} -> {outputs}"


def _shown_arguments(function: Function) -> list[Variable]:
    if function.is_composite:
        return list(function.arguments)
    return [v for v in function.inputs if not (v.is_parameter or v.is_constant)]


def _operation(function: Function) -> str:
    root = function.root_function
    if function.is_composite and any(node is not root for node in nodes_in_order(function.outputs)):
        return "Composite"
    return root._op_name


def _argument_text(variable: Variable) -> str:
    text = str(type_of(variable))
    return f"{variable.name}: {text}" if variable.name else text


def _output_text(outputs: tuple[Variable, ...]) -> str:
    texts = [str(type_of(output)) for output in outputs]
    if len(texts) == 1:
        return texts[0]
    return f"Tuple[{', '.join(texts)}]"
