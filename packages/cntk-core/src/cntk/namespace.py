"""Finding a public name: in core, in another distribution, in a plugin, or saying why it is absent.

``names.py`` has the tables. Modules are loaded at the first use of one of their names, so that
``import cntk`` stays quick.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder

from cntk import names

_HOME = {name: home for home, listed in names.HOMES.items() for name in listed.split()}
_OWNER = {package: owner for owner, package in names.DISTRIBUTIONS.items()}
_LENDER = {name: home for home, listed in names.BORROWED_FROM.items() for name in listed.split()}
# module -> what plugins publish in it
_PLUGGABLE = {
    "cntk": ("operators", "learners"),
    "cntk.ops": ("operators",),
    "cntk.learners": ("learners",),
    "cntk.io": ("deserializers",),
}


def lookup(name: str) -> object:
    """Return what ``cntk.<name>`` is, loading the module that defines it.

    Raises:
        AttributeError: there is no such name, or it needs a distribution that is not installed.
    """
    if name == "__all__":
        return sorted(available_names())
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif _has_module(name):
        value = importlib.import_module(names.MODULES.get(name, f"cntk.{name}"))
    elif name in names.MODULES:
        raise _absent("cntk", name)
    else:
        return lookup_absent("cntk", name)
    setattr(sys.modules["cntk"], name, value)  # found once, found for good
    return value


def lookup_absent(module: str, name: str) -> object:
    """Return what a module lends under a name of others, or a plugin publishes under it.

    Raises:
        AttributeError: there is no such name; the message says what became of the name.
    """
    if name in names.BORROWED.get(module, "").split():
        home = _LENDER.get(name, "cntk")
        return getattr(importlib.import_module(home), name)
    if module in _PLUGGABLE and not name.startswith("_"):
        # late, because it scans the entry points: only for a name that nobody here has
        plugins = importlib.import_module("cntk.plugins")
        for kind in _PLUGGABLE[module]:
            published = getattr(plugins, kind)()
            if name in published:
                thing, _owner = published[name]
                return thing
    raise _absent(module, name)


def attribute_getter(module: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a public module, for the names that it does not define.

    Args:
        module: its ``__name__``.
    """

    def __getattr__(name: str) -> object:
        return lookup_absent(module, name)

    return __getattr__


def available_names() -> Iterator[str]:
    """Yield the names of ``cntk`` that can be used here: those of installed distributions."""
    yield from _HOME
    yield from filter(_has_module, names.MODULES)


def _has_module(name: str) -> bool:
    """Whether a name is a module: one of the original's names for a module, or a sub-module.

    Python asks for the attribute first when it meets ``from cntk import plugins``.
    """
    whole = names.MODULES.get(name, f"cntk.{name}")
    if name in names.MODULES and whole not in _OWNER:
        return True
    packages = sys.modules["cntk"].__path__
    return not name.startswith("_") and PathFinder.find_spec(whole, packages) is not None


def _absent(module: str, name: str) -> AttributeError:
    text = _reason(module, name) or f"module '{module}' has no attribute '{name}'"
    return AttributeError(text, name=name, obj=sys.modules.get(module))


def _reason(module: str, name: str) -> str | None:
    """Return why a module lacks a name; None if CNTK 2.7 had no such name either."""
    whole = f"{module}.{name}"
    package = names.MODULES.get(name) if module == "cntk" else whole
    owner = names.OPERATORS_ELSEWHERE.get(name) if module in ("cntk", "cntk.ops") else None
    if package in _OWNER:
        return f"{package} is in {_OWNER[package]}: pip install {_OWNER[package]}"
    if owner:
        return f"operator '{name}' is in {owner}: pip install {owner}"
    if name in names.LATER.get(module, "").split() or whole in names.LATER_MODULES:
        why = f": {names.REASONS[whole]}" if whole in names.REASONS else ""
        return f"{whole} of CNTK 2.7 is not in this release{why}"
    if name in names.NATIVE_ONLY.get(module, "").split():
        return f"{whole} only served the native library of CNTK 2.7, which is not part of this one"
    return None


class AbsentModules:
    """Asked last for a module: says what became of it, where we know.

    ``from cntk.io import X`` comes here as well, for a module ``cntk.io.X``: Python asked
    ``cntk.io`` for the attribute before, and forgets what that error said.
    """

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> None:
        """Raise ImportError for a part of the toolkit that is absent, if we know why."""
        if fullname in _OWNER and not _has_module(fullname.partition(".")[2]):
            text = f"{fullname} is in {_OWNER[fullname]}: pip install {_OWNER[fullname]}"
            raise ModuleNotFoundError(text, name=fullname)
        if f"{fullname}.".startswith(tuple(f"{later}." for later in names.LATER_MODULES)):
            text = f"{fullname} of CNTK 2.7 is not in this release"
            raise ModuleNotFoundError(text, name=fullname)
        module, _, name = fullname.rpartition(".")
        reason = _reason(module, name) if module in names.LATER else None
        if reason and fullname not in _OWNER:
            raise ImportError(reason, name=fullname)
