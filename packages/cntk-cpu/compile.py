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
DECLARATIONS = """
    typedef struct launch {
        void (*run)(const struct launch *, char *const *, const int64_t *);
        void (*share)(const struct launch *, char *const *, const int64_t *, int32_t, int32_t);
        const int32_t *at;
        const int64_t *ints;
        const double *floats;
        const void *library;
        int32_t rows;
        int32_t padding;
    } launch;
    typedef void (*kernel)(const launch *, char *const *, const int64_t *);
    typedef void (*shared_kernel)(const launch *, char *const *, const int64_t *, int32_t, int32_t);
    void run_segment(const launch *, int32_t, char *const *, const int64_t *);
    void time_segment(const launch *, int32_t, char *const *, const int64_t *, double *);
    typedef struct { char *base; int64_t bytes; int32_t entry; int32_t padding; } scan_slice;
    typedef struct {
        char *stack, *before, *scratch;
        int64_t bytes, delay;
        int32_t entry;
        int32_t padding;
    } scan_state;
    typedef struct {
        char *memory;
        int64_t k, columns;
        int32_t right, entry, turned;
        int32_t padding;
    } scan_panels;
    typedef struct {
        const scan_slice *slices;
        const scan_state *states;
        const scan_panels *panels;
        int64_t steps, sequences, work;
        int32_t slice_count, state_count, panel_count;
        int32_t backwards, shared, entries, layouts;
        int32_t padding;
    } scan;
    void run_scan(const launch *, int32_t, char **, int64_t *, const scan *, const int64_t *,
                  const int64_t *, double *);
    shared_kernel find_shared_kernel(const char *name);
    kernel find_kernel(const char *name);
    const char *operation_name(int32_t index);
    void set_threads(int32_t count, int32_t of_products);
    int32_t lend_threads(void);
    void take_threads(int32_t before);
    const char *instructions(void);
    int32_t vector_lanes(void);
    int32_t winograd_failed(void);
    void set_sgemm(void *function);
    typedef struct { int32_t argument; void *memory; } onednn_argument;
    typedef struct { int64_t offset; int32_t at; int32_t padding; } onednn_place;
    typedef struct {
        const void *primitive;
        onednn_argument *arguments;
        const onednn_place *places;
        int32_t count;
        int32_t padding;
    } onednn_call;
    typedef struct {
        void *stream;
        char *scratch;
        const onednn_call *calls;
        int32_t count;
        int32_t padding;
    } onednn_sequence;
    void set_onednn(void *, void *);
    int32_t onednn_failure(void);
    void give_memory_back(void);
"""


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
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(f".{os.getpid()}")  # processes may have the old one loaded
        beside.write_bytes(made.read_bytes())
        beside.replace(target)
    return target


if __name__ == "__main__":
    print(compile_kernels(HERE / "src"), file=sys.stderr)
