"""What ``python -m cntk info`` says about this package."""

from __future__ import annotations

from cntk.execution.threads import one_thread
from cntk.native import discovery, library


def lines() -> list[str]:
    """Return which parts work and how, or why they do not."""
    reason = library.reason()
    if reason is not None:
        return [
            f"kernels in C: none, NumPy computes; they did not load: {reason}. "
            "Install a C compiler and Python's headers, then cntk-cpu again"
        ]
    return [
        f"kernels in C: {library.instructions()}, {one_thread.count} threads",
        _onednn(),
    ]


def _onednn() -> str:
    found = discovery.found()
    if found.library is not None:
        return f"oneDNN {found.version}: {found.path}"
    return "oneDNN: none, NumPy computes products and convolutions; " + "; ".join(found.failures)
