"""What ``python -m cntk info`` says about this package."""

from __future__ import annotations

from cntk.execution.threads import one_thread
from cntk.native import discovery, library

_WAY_OUT = "Install a C compiler and Python's headers, then cntk-cpu again"


def lines() -> list[str]:
    """Return which parts work and how, or why they do not."""
    reason = library.reason()
    if reason is not None:
        why = f"they did not load: {reason}. {_WAY_OUT}"
        return [f"kernels in C: none, NumPy computes; {why}"]
    return [f"kernels in C: {library.instructions()}, {one_thread.count} threads", _onednn()]


def _onednn() -> str:
    found = discovery.found()
    if found.library is not None:
        return f"oneDNN {found.version}: {found.path}"
    return "oneDNN: none, NumPy computes products and convolutions; " + "; ".join(found.failures)
