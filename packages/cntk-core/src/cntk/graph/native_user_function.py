"""User functions made by a factory that another module holds, under a number or name of its own.

In CNTK 2.7 such a module is a shared library with a C++ factory. Here it is a Python module, which
may well be compiled; its factory returns a :class:`UserFunction`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from cntk.errors import ArgumentError, ExecutionError
from cntk.graph.build import as_variable
from cntk.graph.function import Function
from cntk.graph.user_function import UserFunction, user_function

_factories: dict[str, Callable] = {}


def register_native_user_function(op_id: str, module_name: str, factory_method_name: str) -> bool:
    """Register the factory of a kind of user function; return whether that is new.

    Args:
        op_id: what ``native_user_function`` calls it by.
        module_name: a module that Python can import, such as a compiled extension.
        factory_method_name: its function of (operands, attributes, name) that returns a
            ``UserFunction``.

    Raises:
        RuntimeError: there is no such module, or it has no such function.
        ValueError: another factory is registered under this ``op_id``.

    >>> register_native_user_function('Unknown', 'no_such_module', 'make')
    Traceback (most recent call last):
    ...
    cntk.errors.ExecutionError: Plugin not found: 'no_such_module' ...
    """
    factory = _found(module_name, factory_method_name)
    known = _factories.setdefault(op_id, factory)
    if known is not factory:
        raise ArgumentError(
            f"UserFunction with op-id '{op_id}' is registered already, for {known.__module__}."
            f"{known.__qualname__}. try: another op-id"
        )
    return True


def _found(module_name: str, factory_method_name: str) -> Callable:
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise ExecutionError(
            f"Plugin not found: '{module_name}' (error: {error}). It is a module that Python can "
            "import; C++ libraries made for CNTK 2.7 are not loaded. try: C.user_function"
        ) from error
    factory = getattr(module, factory_method_name, None)
    if not callable(factory):
        raise ExecutionError(
            f"Plugin '{module_name}' has no function '{factory_method_name}', which would make the "
            "user function"
        )
    return factory


def native_user_function(
    op_id: str, operands, attributes: dict | None = None, user_function_instance_name: str = ""
) -> Function:
    """Return a Function made by a registered factory.

    Args:
        op_id: what it was registered as.
        operands: variables or Functions that it is applied to.
        attributes: a dictionary for the factory.
        user_function_instance_name: name of the Function.

    Raises:
        ValueError: nothing is registered under ``op_id``.
        TypeError: the factory returns no ``UserFunction``.

    >>> native_user_function('Unknown', [C.input_variable(2)])
    Traceback (most recent call last):
    ...
    cntk.errors.ArgumentError: UserFunction with op-id 'Unknown' has not been registered. ...
    """
    factory = _factories.get(op_id)
    if factory is None:
        raise ArgumentError(
            f"UserFunction with op-id '{op_id}' has not been registered. "
            f"try: register_native_user_function('{op_id}', module, factory)"
        )
    variables = [as_variable(operand) for operand in operands]
    made = factory(variables, dict(attributes or {}), user_function_instance_name)
    if not isinstance(made, UserFunction):
        raise TypeError(
            f"the factory of '{op_id}' must return a UserFunction, not {type(made).__name__}"
        )
    return user_function(made)
