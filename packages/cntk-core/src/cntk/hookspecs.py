"""Every extension point. Hooks are nouns in the plural: a plugin returns what it adds.

A package offers its plugin module under the entry-point group ``cntk``. Core checks what comes,
keeps it, and remembers the owner; built-ins use the same hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from cntk.device import DeviceDescriptor
    from cntk.execution.kernels import Kernel
    from cntk.graph.files.formats import FileFormat
    from cntk.minibatch.formats import DataFormat
    from cntk.operators.declare import Operator

hookspec = pluggy.HookspecMarker("cntk")


@hookspec
def cntk_operators() -> Iterable[Operator]:
    """Operators to publish as ``cntk.<name>``, declared with ``cntk.operators.declare``."""


@hookspec
def cntk_kernels() -> Iterable[Kernel]:
    """Kernels by operator name; one for an operator that nobody declared is an error."""


@hookspec
def cntk_linkers() -> Iterable[Callable]:
    """Functions of (entries of a bound plan, context) that return what runs call instead."""


@hookspec
def cntk_packers() -> Iterable[Callable]:
    """Functions of (frames of each sequence, layout) that return packed rows, or None to pass."""


@hookspec
def cntk_devices() -> Iterable[DeviceDescriptor]:
    """Devices besides the CPU."""


@hookspec
def cntk_learners() -> Mapping[str, Callable]:
    """Learners to publish as ``cntk.<name>``: name -> factory, see ``cntk.learners.learner``."""


@hookspec
def cntk_deserializers() -> Mapping[str, Callable]:
    """Deserializers to publish as ``cntk.io.<name>``: name -> factory."""


@hookspec
def cntk_file_formats() -> Iterable[FileFormat]:
    """Formats of model files besides CNTK's own; ``save``, ``load`` and ``convert`` know them."""


@hookspec
def cntk_data_formats() -> Iterable[DataFormat]:
    """Formats of data files; ``convert`` writes what one of them reads as another."""


@hookspec
def cntk_reports() -> Iterable[str]:
    """Lines that ``python -m cntk info`` prints: what the package found on this machine."""
