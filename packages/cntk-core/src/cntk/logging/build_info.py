"""What ProgressPrinter says of the software before training begins."""

from __future__ import annotations

import platform
import sys

import numpy as np


def print_build_info() -> None:
    """Print the versions that decide what a run computes to standard error, as CNTK 2.7 did."""
    import cntk

    facts = {
        "CNTK version": cntk.__version__,
        "Python version": platform.python_version(),
        "NumPy version": np.__version__,
        "Platform": platform.platform(),
    }
    dashes = "-" * 67
    lines = [f"\t\t{name}: {value}" for name, value in facts.items()]
    print("\n".join([dashes, "Build info: ", "", *lines, dashes]), file=sys.stderr, flush=True)
