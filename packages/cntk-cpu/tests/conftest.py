"""Where nothing can be compiled there are no kernels to test; the first lines of a run say so."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path


def lacking() -> str:
    """Return what compiling the kernels lacks on this machine; "" where nothing does."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(compiler.split()[0]) is None:
        return f"the C compiler '{compiler}'"
    header = Path(sysconfig.get_path("include")) / "Python.h"
    return "" if header.exists() else str(header)


LACKING = lacking()
collect_ignore_glob = ["*"] if LACKING else []


def pytest_report_header() -> str | None:
    """Say why there are no tests here."""
    return f"cntk-cpu: its kernels are not tested, for there is no {LACKING}" if LACKING else None
