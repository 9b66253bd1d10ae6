"""Calling a Function: on variables it composes graphs, on data it computes."""

from __future__ import annotations

from cntk.axis import UNKNOWN_AXES
from cntk.graph.build import as_function, combine
from cntk.graph.clone import apply_to
from cntk.graph.function import Function, is_function_or_variable
from cntk.shape import is_unknown
from cntk.upward import module
from cntk.variables import Variable, input_like


def argument_map(function: Function, args, kwargs) -> dict[Variable, object]:
    """Return {argument: given} for a call with positions and keywords."""
    signature = function.signature
    names = [argument.name for argument in signature]
    given: dict[Variable, object] = dict(zip(signature, args))
    if len(args) + len(kwargs) > len(signature):
        count = len(args) + len(kwargs)
        raise TypeError(f"CNTK Function expected {len(signature)} arguments, got {count}")
    for name, value in kwargs.items():
        if name not in names:
            raise TypeError(f"got an unexpected keyword argument '{name}'; arguments: {names}")
        argument = signature[names.index(name)]
        if argument in given:
            raise SyntaxError(f"got multiple values for argument '{name}'")
        given[argument] = value
    if len(given) != len(signature):
        raise TypeError(f"CNTK Function expected {len(signature)} arguments, got {len(given)}")
    return {argument: given[argument] for argument in signature}


def call(function: Function, args, kwargs):
    """Apply a Function; see :meth:`Function.__call__`."""
    if len(args) == 1 and isinstance(args[0], tuple) and len(function.signature) > 1:
        args = args[0]
    given = argument_map(function, args, kwargs)
    if any(is_function_or_variable(value) for value in given.values()):
        return _compose(function, given)
    inside = {argument: input_like(argument) for argument in given if argument.is_output}
    if inside:  # a part of a model, on data in the place of what it is applied to there
        function = _compose(
            function, {argument: inside.get(argument, argument) for argument in given}
        )
        given = {inside.get(argument, argument): data for argument, data in given.items()}
    return module("cntk.execution.session").call_with_data(function, given)


def _compose(function: Function, given: dict) -> Function:
    mapping = {}
    for argument, value in given.items():
        if not is_function_or_variable(value):
            raise TypeError(
                f"argument {argument.name} was passed an object that is not a Variable or Function"
            )
        variable = value if isinstance(value, Variable) else value.output
        _check_type(argument, variable)
        mapping[argument] = variable
    if function.is_block:
        function = as_function(function)
    return apply_to(function, mapping)


def _check_type(argument: Variable, variable: Variable) -> None:
    """Refuse what does not fit a typed argument."""
    if argument.is_placeholder and is_unknown(argument.shape):
        return
    ours, theirs = argument.shape, variable.shape
    unknown = is_unknown(theirs) or is_unknown(ours)
    shapes_fit = unknown or (
        len(theirs) >= len(ours)
        and all(a == b or a < 0 or b < 0 for a, b in zip(reversed(ours), reversed(theirs)))
    )
    axes = (argument.dynamic_axes, variable.dynamic_axes)
    axes_fit = axes[0] == axes[1] or UNKNOWN_AXES in axes or not variable.dynamic_axes
    # as types: NumPy says that the dtype float64 equals None
    dtypes_fit = None in (argument.dtype, variable.dtype) or argument.dtype == variable.dtype
    storage_fits = argument.is_placeholder or argument.is_sparse == variable.is_sparse
    if not (shapes_fit and axes_fit and dtypes_fit and storage_fits):
        type_of = module("cntk.graph.types").type_of
        raise TypeError(
            f"argument {argument.name}'s type {type_of(argument)} is incompatible with the type "
            f"{type_of(variable)} of the passed Variable"
        )


def forward_compose(function: Function, other):
    """Return ``other`` applied to the outputs of ``function``.

    Args:
        function: a Function.
        other: a callable of its outputs, or a tuple: several callables of its only output, or one
            for each output.
    """
    if isinstance(other, tuple):
        return _branches(function, other)
    if not callable(other):
        raise TypeError(f"f >> g: g must be a Function or callable, not {type(other).__name__}")
    outputs = function.outputs
    return other(function) if len(outputs) == 1 else other(*outputs)


def _branches(function: Function, parts: tuple) -> Function:
    outputs = function.outputs
    if len(outputs) == 1:
        return combine([forward_compose(function, part) for part in parts])
    if len(parts) != len(outputs):
        raise TypeError(f"f >> (g, ...): f has {len(outputs)} outputs for {len(parts)} functions")
    return combine([part(output) for part, output in zip(parts, outputs)])
