"""Plans made of the kernels of chosen backends: to compare them, or to know what a plan holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from cntk.execution import kernels, session
from cntk.execution.kernels import Kernel
from cntk.graph.nodes import mutations


@contextmanager
def only(*backends: str, also: Sequence[Kernel] = ()) -> Iterator[None]:
    """Let plans that are made inside ``with`` choose among the kernels of some backends.

    Functions make their plans anew when the block begins and when it ends. Not for several Python
    threads at once.

    Args:
        backends: names of kernel sets, e.g. ``numpy``; operators' references are always there.
        also: more kernels.

    >>> from cntk.debugging import explain
    >>> with only("numpy"):
    ...     print(explain(C.exp(C.input_variable(2))).count("by numpy"))
    1
    """
    usual = kernels._by_operator().items()
    found = {name: [k for k in known if k.backend in backends] for name, known in usual}
    for kernel in also:
        found[kernel.operator] = [kernel, *found.get(kernel.operator, [])]
    with _known(found):
        yield


@contextmanager
def without(operator: str) -> Iterator[None]:
    """Let plans that are made inside ``with`` do without the kernels of an operator.

    Of an operator that only plans have, e.g. ``chain``, there are no steps then.

    Args:
        operator: its name.

    >>> from cntk.debugging import explain
    >>> with without("chain"):
    ...     print(explain(C.exp(C.input_variable(2))).count("chain"))
    0
    """
    usual = kernels._by_operator().items()
    with _known({name: known for name, known in usual if name != operator}):
        yield


@contextmanager
def apart() -> Iterator[None]:
    """Let chains be steps of their own in plans that are made inside ``with``.

    No product or convolution goes on with them.

    >>> from cntk.debugging import explain
    >>> with apart():
    ...     print(explain(C.exp(C.times(C.input_variable(2), np.eye(2)))).count("then chain"))
    0
    """
    usual = kernels._by_operator().items()
    nothing = Kernel("", lambda: None).then
    with _known({name: [replace(k, then=nothing) for k in known] for name, known in usual}):
        yield


@contextmanager
def _known(found: dict[str, list[Kernel]]) -> Iterator[None]:
    """Let plans choose among some kernels."""
    usual = kernels._by_operator
    kernels._by_operator = lambda: found  # type: ignore[assignment]
    _forget_plans()
    try:
        yield
    finally:
        kernels._by_operator = usual
        _forget_plans()


def _forget_plans() -> None:
    session.forget_plans()
    mutations[0] += 1  # Functions hold plans, too
