"""Functions from Python functions: the body is run once on placeholders."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np

from cntk.errors import ArgumentError, OutsideVariableError
from cntk.graph.build import as_function, as_variable, combine, make_block
from cntk.graph.clone import apply_to
from cntk.graph.function import Function
from cntk.graph.types import VariableType, type_of
from cntk.upward import module
from cntk.variables import (
    Variable,
    arguments_of_running_bodies,
    placeholder_like,
    placeholder_variable,
    tracing,
)


def trace(
    function: Callable, *, op_name: str | None = None, name: str = "", make_block_of=False
) -> Function:
    """Return the Function that a Python function describes.

    Its body may use the arguments of Python functions that it stands in, while these are being
    turned into Functions: they become further arguments, which a call there does not give.

    Args:
        function: its parameters become arguments; annotations such as ``Tensor[3]`` give their
            types, other ones are for readers; parameters with default values are no arguments.
        op_name: name of the operation if the result is to be a block.
        name: name of the result.
        make_block_of: make a block.

    Raises:
        TypeError: an argument is not used, the body returns nothing, or it uses variables from
            outside.
    """
    types = _annotations(function)
    outer = [_argument(key, types.get(key)) for key in _positional(function)]
    arguments = [placeholder_like(argument) for argument in outer] if make_block_of else outer
    with tracing(arguments):
        result = function(*arguments)
    title = getattr(function, "__name__", "function")
    if result is None:
        raise TypeError(f"CNTK Function '{title}' must return a value")
    body = _as_body(result)
    given = frozenset() if make_block_of else arguments_of_running_bodies()
    _check_arguments(title, body, arguments, given)
    if make_block_of:
        return make_block(body, list(zip(arguments, outer)), op_name or title, name)
    if name:
        body = module("cntk.ops").alias(body, name) if len(body.outputs) == 1 else body
    return in_order(body, arguments)


def in_order(body: Function, arguments: list[Variable]) -> Function:
    """Return a Function with these arguments in this order; others keep their places.

    As in CNTK 2.7 a block 'Tuple', which returns its operands, says the order: any walk from the
    root meets the block's operands as they stand there.
    """
    if [argument for argument in body.arguments if argument in arguments] == arguments:
        return body
    inside = [placeholder_like(argument) for argument in arguments]
    ordered = make_block(combine(inside), list(zip(inside, arguments)), "Tuple", "")
    return apply_to(body, dict(zip(arguments, ordered.outputs)))


def _positional(function: Callable) -> list[str]:
    return [
        name
        for name, p in inspect.signature(function).parameters.items()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]


def _annotations(function: Callable) -> dict:
    if hasattr(function, "op_name"):  # an operator: its annotations say which are operands
        return {}
    return inspect.get_annotations(function, eval_str=True)


def _argument(name: str, annotation) -> Variable:
    if _is_for_readers(annotation):
        return placeholder_variable(name=name)
    return VariableType.of(annotation).input_variable(name)


def _is_for_readers(annotation) -> bool:
    """Whether an annotation is no type of a variable, such as ``C.Variable`` or ``int | None``.

    A type that still lacks its shape, ``Tensor`` for ``Tensor[3]``, is none of these.
    """
    if isinstance(annotation, type):
        is_number = issubclass(annotation, (float, np.floating))
        return not is_number and not hasattr(type(annotation), "__getitem__")
    return not isinstance(annotation, (VariableType, Variable, int, tuple))


def _as_body(result) -> Function:
    if isinstance(result, (tuple, list)):
        return combine([as_variable(part) for part in result])
    return as_function(result)


def _check_arguments(
    title: str, body: Function, arguments: list[Variable], given: frozenset[Variable]
) -> None:
    found = body.arguments
    unused = [a.name for a in arguments if a not in found]
    if unused:
        raise TypeError(
            f"CNTK Function '{title}' has {len(unused)} unused arguments "
            f"({', '.join(unused)}), which is currently not supported"
        )
    outside = [a.name or a.uid for a in found if a not in arguments and a not in given]
    if outside:
        raise OutsideVariableError(
            f"CNTK Function '{title}' has {len(outside)} missing arguments "
            f"({', '.join(outside)}): it uses variables from outside its arguments"
        )


def block_function(op_name: str, name: str = "") -> Callable[[Callable], Function]:
    """Return a decorator that makes a block from a Python function.

    Args:
        op_name: name of the operation.
        name: name of the block.

    >>> @C.BlockFunction('Half', 'half')
    ... def half(x):
    ...     return x * 0.5
    >>> half(C.input_variable(2)).eval([[2, 4]])
    array([[1., 2.]], dtype=float32)
    """
    return lambda function: trace(function, op_name=op_name, name=name, make_block_of=True)


def with_signature(*args, **kwargs):
    """Return a decorator that makes a Function whose arguments have given types."""

    def decorate(function: Callable) -> Function:
        return trace(annotate(function, args, kwargs))

    return decorate


def annotate(function: Callable, types: tuple, named: dict) -> Callable:
    """Give a Python function type annotations from outside; return it.

    Raises:
        ValueError: it has annotations already.
        TypeError: the number of types differs from that of its parameters.
    """
    if getattr(function, "__annotations__", None):
        raise ValueError("@Signature cannot be applied to functions that already have annotations")
    names = list(inspect.signature(function).parameters)
    if len(types) + len(named) != len(names):
        raise TypeError(
            f"{len(types) + len(named)} annotations provided for function to be decorated, "
            f"but function has {len(names)} parameters"
        )
    function.__annotations__ = {**dict(zip(names, types)), **named}
    return function


def update_signature(function: Function, types: tuple, named: dict) -> None:
    """Replace placeholders by inputs of given types; see :meth:`Function.update_signature`."""
    substitutions = {}
    for argument, given in function.argument_map(*types, **named).items():
        if given is None:  # stays as it is
            continue
        asked = VariableType.of(given)
        if argument.is_placeholder:
            substitutions[argument] = asked.input_variable(argument.name)
        elif not asked.accepts(argument):
            raise TypeError(
                f"argument {argument.name}'s type {type_of(argument)} is incompatible with the "
                f"type {asked} asked for"
            )
    if any(given is not None for given in (*types, *named.values())):
        _check_open(function, substitutions)
        function.replace_placeholders(substitutions)


def _check_open(function: Function, substitutions: dict) -> None:
    """Refuse types for a Function whose arguments all are inputs already."""
    if not substitutions:
        argument = function.arguments[0]
        raise ArgumentError(
            f"Placeholder '{argument}' specified for replacement not found in the Function "
            f"'{function!r}': its arguments have types already. try: clone it, and replace the "
            "inputs of the clone"
        )
