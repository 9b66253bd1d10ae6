"""Defaults that a ``with`` statement changes for everything built inside it.

A parameter opts in by its default, ``activation=default_override_or(identity)``, and asks for the
value in force with :func:`get_default_override`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, NamedTuple


class default_override_or:
    """Marks a parameter's default as one that :func:`default_options` may override.

    Args:
        value: the default in force outside any ``with default_options(...)``.

    >>> default_override_or(2)
    default(2)
    """

    __slots__ = ("value",)

    value: Any

    if TYPE_CHECKING:  # a parameter of any type may have it as its default

        def __new__(cls, value: Any) -> Any: ...

    else:

        def __init__(self, value):
            self.value = value.value if isinstance(value, default_override_or) else value

    def __repr__(self) -> str:
        return f"default({getattr(self.value, 'name', '') or repr(self.value)})"


class _Scope(NamedTuple):
    options: dict[str, Any]
    functions: tuple[Callable, ...] | None  # None: all functions

    def covers(self, function: Callable) -> bool:
        return self.functions is None or any(function is listed for listed in self.functions)


_scopes: ContextVar[tuple[_Scope, ...]] = ContextVar("cntk_default_options", default=())
_global_options: dict[str, Any] = {}
_RESERVED = {"_scope", "_outer"}  # as in CNTK 2.7


class _Override:
    """The context manager: in force between enter and exit, and may be entered again."""

    def __init__(self, scope: _Scope) -> None:
        if not _RESERVED.isdisjoint(scope.options):
            raise ValueError("default_options: _scope and _outer are reserved names")
        self._scope = scope
        self._tokens: list[Token] = []

    def __enter__(self) -> _Override:
        self._tokens.append(_scopes.set((*_scopes.get(), self._scope)))
        return self

    def __exit__(self, *error: object) -> None:
        _scopes.reset(self._tokens.pop())


def default_options(**kwargs: Any) -> _Override:
    """Return a context manager that overrides defaults of everything built inside it.

    Args:
        kwargs: new defaults by parameter name. Names that no function has are without effect.

    Raises:
        ValueError: a name is reserved.

    >>> import cntk as C
    >>> with C.default_options(dtype='float64'):
    ...     C.input_variable(2).dtype.__name__
    'float64'
    """
    return _Override(_Scope(kwargs, None))


def default_options_for(functions: Callable | Iterable[Callable], **kwargs: Any) -> _Override:
    """Return a context manager that overrides defaults of the given functions or classes only.

    Args:
        functions: one function or class, or several.
        kwargs: new defaults by parameter name.

    Raises:
        TypeError: one of them is neither a function nor a class.
        ValueError: a name is reserved.

    >>> def scaled(value, scale=default_override_or(2)):
    ...     return value * get_default_override(scaled, scale=scale)
    >>> with default_options_for(scaled, scale=10):
    ...     scaled(3), scaled(3, scale=1)
    (30, 3)
    """
    listed = (functions,) if callable(functions) else tuple(functions)
    for function in listed:
        if not callable(function):
            raise TypeError(f"default_options_for takes functions and classes, not {function!r}")
    return _Override(_Scope(kwargs, listed))


def get_default_override(function_or_class: Callable | None, **kwargs: Any) -> Any:
    """Return an argument, or where it was left to its default, the default in force.

    Args:
        function_or_class: the function, or the class whose ``__init__``, that has the parameter;
            None takes the innermost option of that name, whatever function it is for.
        kwargs: the parameter and its argument, e.g. ``activation=activation``.

    Raises:
        TypeError: not exactly one parameter is given, or the function has none of this name.
        ValueError: ``function_or_class`` is neither a function nor a class, nor None.

    >>> def scale(x, factor=C.default_override_or(2)):
    ...     return x * C.get_default_override(scale, factor=factor)
    >>> with C.default_options(factor=10):
    ...     inside = scale(1)
    >>> scale(1), inside, scale(1, factor=3)
    (2, 10, 3)
    """
    if len(kwargs) != 1:
        raise TypeError(
            f"get_default_override() takes 1 keyword argument but {len(kwargs)} were given"
        )
    ((name, value),) = kwargs.items()
    if function_or_class is not None and not callable(function_or_class):
        raise ValueError(
            "get_default_override() expects the first argument to be a Python function or class, "
            f"not {function_or_class!r}"
        )
    if not isinstance(value, default_override_or):
        return value
    if function_or_class and name not in inspect.signature(function_or_class).parameters:
        raise TypeError(f"{function_or_class.__name__}() has no argument named '{name}'")
    for scope in reversed(_scopes.get()):
        is_for_it = function_or_class is None or scope.covers(function_or_class)
        if name in scope.options and is_for_it:
            chosen = scope.options[name]
            return chosen.value if isinstance(chosen, default_override_or) else chosen
    return value.value


def is_default_override(value: object) -> bool:
    """Return whether an argument is a default that :func:`default_options` may override.

    >>> is_default_override(default_override_or(3)), is_default_override(3)
    (True, False)
    """
    return isinstance(value, default_override_or)


def set_global_option(key: str, value: Any) -> None:
    """Set an option of the whole process, such as ``align_axis``.

    Args:
        key: name of the option.
        value: its value.

    >>> set_global_option('align_axis', 1)
    >>> get_global_option('align_axis', 0)
    1
    >>> set_global_option('align_axis', 0)
    """
    _global_options[key] = value


def get_global_option(key: str, default_value: Any) -> Any:
    """Return an option of the whole process.

    Args:
        key: its name.
        default_value: returned where the option was never set.

    >>> get_global_option('align_axis', 0)
    0
    """
    return _global_options.get(key, default_value)
