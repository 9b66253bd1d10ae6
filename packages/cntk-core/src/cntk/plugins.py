"""Plugins: found by entry point, loaded at the first need, checked, kept with their owners.

With ``hookspecs.py`` this is the only module that knows pluggy. ``CNTK_DISABLE_PLUGINS`` names
plugins (separated by commas) that are not loaded, ``all`` leaves the built-ins alone.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from cntk import hookspecs

if TYPE_CHECKING:
    from cntk.device import DeviceDescriptor
    from cntk.execution.kernels import Kernel
    from cntk.graph.files.formats import FileFormat
    from cntk.minibatch.formats import DataFormat
    from cntk.operators.declare import Operator

GROUP = "cntk"
hookimpl = pluggy.HookimplMarker("cntk")
_lock = threading.RLock()
Offered = TypeVar("Offered")


class PluginError(RuntimeError, ValueError):
    """Two plugins offer one name, or a plugin offers what does not fit its hook."""


@cache
def manager() -> pluggy.PluginManager:
    """Return the manager with built-ins and all plugins of the environment loaded."""
    with _lock:
        plugins = pluggy.PluginManager("cntk")
        plugins.add_hookspecs(hookspecs)
        plugins.register(import_module("cntk.builtins"), name="cntk-core")
        for entry in sorted(metadata.entry_points(group=GROUP), key=lambda e: e.name):
            _load(plugins, entry)
        try:
            plugins.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginError(f"plugin {error.plugin}: {error}") from None
        return plugins


def _disabled() -> set[str]:
    return {name.strip() for name in os.environ.get("CNTK_DISABLE_PLUGINS", "").split(",")}


def _load(plugins: pluggy.PluginManager, entry) -> None:
    """Load one plugin; one that fails is reported once and the rest works."""
    owner = entry.dist.name if entry.dist else entry.name
    if {"all", entry.name, owner} & _disabled():
        return
    try:
        plugins.register(entry.load(), name=owner)
    except Exception as error:
        version = entry.dist.version if entry.dist else "?"
        warnings.warn(
            f"plugin '{entry.name}' of {owner} {version} failed to load: "
            f"{type(error).__name__}: {error}. CNTK_DISABLE_PLUGINS={entry.name} silences this",
            RuntimeWarning,
            stacklevel=4,
        )


def owners() -> dict[str, object]:
    """Return {distribution: plugin module} of everything that is loaded."""
    return dict(manager().list_name_plugin())


def _offers(hook: str) -> Iterable[tuple[str, Any]]:
    """Return (owner, what it returns) for each implementation of a hook, first come first."""
    plugins = manager()
    for implementation in getattr(plugins.hook, hook).get_hookimpls():
        yield implementation.plugin_name, implementation.function()


def _by_name(
    hook: str, pairs: Callable[[Any], Iterable[tuple[str, Offered]]]
) -> dict[str, tuple[Offered, str]]:
    """Return {name: (what is offered, owner)}; one name from two owners is an error."""
    found: dict[str, tuple[Offered, str]] = {}
    for owner, offered in _offers(hook):
        for name, thing in pairs(offered):
            if name in found:
                raise PluginError(
                    f"'{name}' ({hook}) is offered by {found[name][1]} and by {owner}; "
                    f"uninstall one, or set CNTK_DISABLE_PLUGINS={owner}"
                )
            found[name] = (thing, owner)
    return found


@cache
def operators() -> dict[str, tuple[Operator, str]]:
    """Return {name: (operator, owner)}."""
    return _by_name("cntk_operators", lambda offered: ((op.name, op) for op in offered))


@cache
def learners() -> dict[str, tuple[Callable, str]]:
    """Return {name: (learner factory, owner)}."""
    return _by_name("cntk_learners", lambda offered: offered.items())


@cache
def deserializers() -> dict[str, tuple[Callable, str]]:
    """Return {name: (deserializer factory, owner)}."""
    return _by_name("cntk_deserializers", lambda offered: offered.items())


@cache
def file_formats() -> dict[str, tuple[FileFormat, str]]:
    """Return {name: (format of model files, owner)}."""
    return _by_name("cntk_file_formats", lambda offered: ((one.name, one) for one in offered))


@cache
def data_formats() -> dict[str, tuple[DataFormat, str]]:
    """Return {name: (format of data files, owner)}."""
    return _by_name("cntk_data_formats", lambda offered: ((one.name, one) for one in offered))


@cache
def devices() -> tuple[DeviceDescriptor, ...]:
    """Return the devices besides the CPU."""
    return tuple(device for _, offered in _offers("cntk_devices") for device in offered)


@cache
def linkers() -> tuple[Callable, ...]:
    """Return the linkers of all backends."""
    return tuple(linker for _, offered in _offers("cntk_linkers") for linker in offered)


@cache
def packers() -> tuple[Callable, ...]:
    """Return the packers of all backends."""
    return tuple(packer for _, offered in _offers("cntk_packers") for packer in offered)


def reports() -> dict[str, list[str]]:
    """Return {owner: lines about what it found on this machine}."""
    return {owner: list(offered) for owner, offered in _offers("cntk_reports")}


@cache
def kernels() -> tuple[tuple[Kernel, str], ...]:
    """Return (kernel, owner) pairs; each belongs to a declared operator."""
    import_module("cntk.ops")
    from cntk.operators.declare import WITHIN_PLANS, registry

    operators()
    found: list[tuple[Kernel, str]] = []
    for owner, offered in _offers("cntk_kernels"):
        for kernel in offered:
            if kernel.operator not in registry and kernel.operator not in WITHIN_PLANS:
                raise PluginError(
                    f"{owner} offers a kernel for operator '{kernel.operator}', "
                    "which nobody declared"
                )
            found.append((kernel, owner))
    return tuple(found)
