"""Compiles the C kernels into the extension module ``cntk.native._kernels``.

Run by the build hook for wheels and editable installs, or by hand: ``python compile.py``. Needs a C
compiler and Python's headers.
"""

from __future__ import annotations

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
    "-mprefer-vector-width=512",
    "-fopenmp",
    "-fvisibility=hidden",
]
DECLARATIONS = """
    typedef struct launch {
        void (*run)(const struct launch *, char *const *, const int64_t *);
        const int32_t *at;
        const int64_t *ints;
        const double *floats;
        const void *library;
        int32_t rows;
        int32_t padding;
    } launch;
    typedef void (*kernel)(const launch *, char *const *, const int64_t *);
    void run_segment(const launch *, int32_t, char *const *, const int64_t *);
    void time_segment(const launch *, int32_t, char *const *, const int64_t *, double *);
    kernel find_kernel(const char *name);
    const char *operation_name(int32_t index);
    void set_threads(int32_t count);
    void set_sgemm(void *function);
"""


def compile_kernels(folder: Path, flags: list[str] = FLAGS) -> Path:
    """Compile into a folder of packages and return the path of the extension module.

    Args:
        folder: where ``cntk`` lies.
        flags: arguments for the compiler.
    """
    from cffi import FFI

    ffi = FFI()
    ffi.cdef(DECLARATIONS)
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
        target.write_bytes(made.read_bytes())
    return target


if __name__ == "__main__":
    print(compile_kernels(HERE / "src"), file=sys.stderr)
