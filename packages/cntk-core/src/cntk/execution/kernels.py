"""Kernels: what computes an operator on a device, and how one is chosen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

import cntk.plugins as plugins
from cntk.errors import ArgumentError, ExecutionError, ShapeError
from cntk.shape import is_static


@dataclass(frozen=True)
class Kernel:
    """Computes one operator on one backend.

    Args:
        operator: name of the operator.
        bind: function of (step, inputs, outputs, context), called once per plan. ``inputs`` and
            ``outputs`` are slot numbers; it returns a function of the slots that computes and
            allocates nothing (``writes``) or puts new arrays into the output slots.
        backend: name of the kernel set, e.g. ``numpy``.
        priority: the highest that agrees is chosen.
        when: function of the step that says whether the kernel can do it.
        writes: outputs are written into arrays that the plan provides.
        in_place: operands whose memory the output may take over.
        view: the output shares the memory of the first operand.
        reads: operands whose data are needed; None: all. Others only lend their shape.
        computes: of a kernel for chains: function of an elementwise step that says whether a chain
            may hold it.
        channels_last: function of a step that returns groups of its symbols; those of a group may
            all have the first static axis innermost in memory, and the kernel would rather have it
            so. All other kernels see plain memory.
        then: function of a step and of a chain that alone reads its result, as its first operand;
            returns the kernel of a step that does both, whose operator is a ``Continued``, or None.
        algorithm: what tells the kernel from others of its backend, e.g. ``winograd``.
        members: of a kernel for ``together``, which computes several steps in one go: the names of
            their operators.
    """

    operator: str
    bind: Callable
    backend: str = "numpy"
    priority: int = 0
    when: Callable = field(default=lambda step: True)
    writes: bool = False
    in_place: tuple[int, ...] = ()
    view: bool = False
    reads: tuple[int, ...] | None = None
    computes: Callable = field(default=lambda step: False)
    channels_last: Callable = field(default=lambda step: ())
    then: Callable = field(default=lambda step, chain: None)
    algorithm: str = ""
    members: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The backend, and the algorithm where it has a name."""
        return f"{self.backend}, {self.algorithm}" if self.algorithm else self.backend


def kernel(operator: str, into: list[Kernel], **options) -> Callable[[Callable], Callable]:
    """Declare a function as the ``bind`` of a kernel.

    Args:
        operator: name of the operator.
        into: the list that the backend's hook returns.
        options: as for :class:`Kernel`.
    """

    def declare(bind: Callable) -> Callable:
        into.append(Kernel(operator, bind, **options))
        return bind

    return declare


@cache
def _by_operator() -> dict[str, list[Kernel]]:
    """Return all kernels by operator name, best first; those of CNTK_BACKENDS where it is set."""
    found: dict[str, list[Kernel]] = {}
    for known in _of_chosen_backends([known for known, _ in plugins.kernels()]):
        found.setdefault(known.operator, []).append(known)
    for candidates in found.values():
        candidates.sort(key=lambda k: -k.priority)
    return found


def _of_chosen_backends(known: list[Kernel]) -> list[Kernel]:
    """Return the kernels of the backends that CNTK_BACKENDS names; all, if it is not set.

    Raises:
        ValueError: there is no such backend.
    """
    chosen = {name.strip() for name in os.environ.get("CNTK_BACKENDS", "").split(",")} - {""}
    there = {kernel.backend for kernel in known}
    if not chosen <= there:
        raise ArgumentError(
            f"CNTK_BACKENDS names {', '.join(sorted(chosen - there))}; the kernels of this "
            f"installation are those of {', '.join(sorted(there))}"
        )
    return [kernel for kernel in known if not chosen or kernel.backend in chosen]


def candidates(operator: str) -> list[Kernel]:
    """Return the kernels of an operator, best first."""
    return _by_operator().get(operator, [])


def choose(step) -> Kernel:
    """Return the best kernel that can do a step; the NumPy reference if there is none."""
    if step.operator.own_kernel is not None:
        return step.operator.own_kernel
    fixed_size = all(is_static(output.shape) for output in step.all_outputs)
    for known in candidates(step.operator.name):
        if (fixed_size or not known.writes) and known.when(step):
            return known
    if "reference" in step.operator.rules:
        return _reference_of(step.operator, len(step.operands))
    raise ExecutionError(f"operator '{step.operator.name}' has no kernel on the CPU for {step!r}")


def _reference_of(operator, count: int) -> Kernel:
    """Return the reference as a kernel: it reads the operands that it asks for by name."""
    known = reference_view if operator.is_view else reference_kernel
    # a variadic one may belong to a step alone, as a user's code does: nothing is kept of it
    return known if operator.signature.variadic else _reference_by_name(operator, count, known)


@cache
def _reference_by_name(operator, count: int, known: Kernel) -> Kernel:
    names = operator.signature.operands[:count]
    asked = operator.rules["reference"].names
    return replace(known, reads=tuple(i for i, name in enumerate(names) if name in asked))


def _bind_reference(step, inputs, outputs, context) -> Callable:
    """Bind the operator's own NumPy reference."""
    operator = step.operator
    rule = operator.rules["reference"]
    has_rows = tuple(x.has_rows for x in step.operands)
    leading = operator.family == "per_sample"
    lacks = [leading and not rows for rows in has_rows]
    signature = operator.signature
    fixed = {k: v for k, v in step.attributes.items() if not hasattr(v, "source")}
    moving = {k: context.slot(v) for k, v in step.attributes.items() if hasattr(v, "source")}
    fixed["has_rows"] = has_rows
    fixed["out_shape"] = step.outputs[0].shape
    layout_slots = [context.layout_slot(x) for x in step.operands]
    names = rule.names
    variadic = signature.variadic
    position = {name: i for i, name in enumerate(signature.operands)}
    plan: list[tuple] = []
    for name in names:
        if name == variadic:
            plan.append(("all", None))
        elif name in position and not variadic:
            plan.append(("operand", position[name]))
        elif name == "layouts":
            plan.append(("layouts", None))
        elif name in moving:
            plan.append(("slot", moving[name]))
        else:
            plan.append(("fixed", fixed.get(name)))
    rest = {k: v for k, v in fixed.items()
            if rule.takes_rest and k in step.attributes and k not in names}  # fmt: skip
    function = rule.function
    derives = operator.derives_layout
    new_layout = context.layout_slot(step.outputs[0]) if derives else None
    count, symbols, may_view = len(outputs), step.all_outputs, operator.is_view

    def run(slots):
        arrays = [
            slots[i][None] if lack and hasattr(slots[i], "ndim") else slots[i]
            for i, lack in zip(inputs, lacks)
        ]
        arguments = []
        for kind, what in plan:
            if kind == "operand":
                arguments.append(arrays[what])
            elif kind == "fixed":
                arguments.append(what)
            elif kind == "slot":
                arguments.append(slots[what])
            elif kind == "all":
                arguments.append(tuple(arrays))
            else:
                arguments.append([None if s is None else slots[s] for s in layout_slots])
        result = function(*arguments, **rest)
        if derives:
            result, layout = result
            slots[new_layout] = _agreed(slots[new_layout], layout, symbols[0])
        if count == 1 and not isinstance(result, tuple):
            result = (result,)
        for slot, array, symbol in zip(outputs, result, symbols):
            if leading and not symbol.has_rows and array.ndim == len(symbol.shape) + 1:
                array = array[0]
            if not may_view and _shares(array, arrays):
                array = array.copy()
            slots[slot] = array

    return run


def _agreed(known, layout, symbol):
    """Return the layout that a step has made; another step may have made the same axis."""
    if known is not None and not known.has_lengths_of(layout):
        axis = symbol.dynamic_axes[-1]
        where = "the batch axis" if axis.is_batch_axis else f"the sequence axis '{axis.name}'"
        raise ShapeError(
            f"two values meet on {where}, one with {known.describe()}, the other with "
            f"{layout.describe()}"
        )
    return layout if known is None else known


def _shares(array, operands: list) -> bool:
    """Whether an array may lie in the memory of an operand; sparse rows never do."""
    if not isinstance(array, np.ndarray):
        return False
    if array.base is None:  # it owns its memory, as most results do: that is quick to tell
        return any(x is array or getattr(x, "base", None) is array for x in operands)
    return any(isinstance(x, np.ndarray) and np.may_share_memory(array, x) for x in operands)


reference_kernel = Kernel("*", _bind_reference, priority=-1000)
reference_view = Kernel("*", _bind_reference, priority=-1000, view=True)
