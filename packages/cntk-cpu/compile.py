"""Compiles the C kernels into the extension module ``cntk.native._kernels``.

Run by the build hook for wheels and editable installs, or by hand: ``python compile.py``. Needs a C
compiler and Python's headers.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MODULE = "cntk.native._kernels"
FLAGS = [
    "-O3",
    "-std=gnu11",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fopenmp",
    "-fvisibility=hidden",
    *(["-mprefer-vector-width=512"] if platform.machine() in ("x86_64", "AMD64") else []),
]


def declarations() -> str:
    """Return what Python shares with C: ``c/api.h`` without the lines of the preprocessor."""
    lines = (HERE / "c/api.h").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def compile_kernels(folder: Path, flags: list[str] = FLAGS) -> Path:
    """Compile into a folder of packages and return the path of the extension module.

    Args:
        folder: where ``cntk`` lies.
        flags: arguments for the compiler.

    Raises:
        cffi.VerificationError: it did not compile; the text is what the compiler said.
    """
    from cffi import FFI

    ffi = FFI()
    ffi.cdef(declarations())
    ffi.set_source(
        MODULE,
        '#include "api.h"',
        sources=[str(path) for path in sorted((HERE / "c").glob("*.c"))],
        include_dirs=[str(HERE / "c")],
        depends=[str(path) for path in sorted((HERE / "c").iterdir())],
        extra_compile_args=flags,
        extra_link_args=["-fopenmp", *(flag for flag in flags if flag.startswith("-fsanitize"))],
        py_limited_api=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(ffi.compile(tmpdir=scratch))
        target = folder.joinpath(*MODULE.split(".")[:-1], made.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(f".{os.getpid()}")  # processes may have the old one loaded
        beside.write_bytes(made.read_bytes())
        beside.replace(target)
    return target


if __name__ == "__main__":
    print(compile_kernels(HERE / "src"), file=sys.stderr)
