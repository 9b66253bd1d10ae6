"""Compiles the reader of text in C into the extension module ``cntk.io._native``.

Run by the build hook for wheels and editable installs, or by hand: ``python compile.py``. Needs a C
compiler and Python's headers.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MODULE = "cntk.io._native"
FLAGS = ["-O3", "-std=c11", "-fvisibility=hidden"]
DECLARATIONS = """
    typedef struct {
        const uint8_t *alias;
        int32_t alias_size;
        int32_t is_sparse;
        int64_t dim;
        float *values;
        int64_t *places, *lines, *counts;
        int64_t value_capacity, sample_capacity;
        int64_t num_values, num_samples;
        int64_t seen;
    } ctf_input;
    int64_t ctf_find_lines(const uint8_t *, int64_t, int64_t, int64_t *, int64_t);
    int64_t ctf_read_ids(const uint8_t *, int64_t, const int64_t *, int64_t, uint64_t *, int64_t *);
    void ctf_read_lines(const uint8_t *, const int64_t *, const int64_t *, int64_t, int64_t,
                        ctf_input *, int32_t, uint8_t *);
    typedef struct {
        const int64_t *first, *second;
        const int32_t *first_weight, *second_weight;
        int64_t count;
    } resize_taps;
    void resize_linear(const uint8_t *, int64_t, int64_t, const resize_taps *,
                       const resize_taps *, int16_t *, uint8_t *);
    typedef struct {
        const uint8_t *values;
        int64_t num_rows, stride;
        const int64_t *places, *bounds;
        int64_t num_values;
    } gather_source;
    typedef struct {
        const int64_t *source_of, *firsts, *counts;
        int64_t num_runs;
    } gather_runs;
    int64_t gather_check(const gather_source *, int64_t, const gather_runs *, int64_t *);
    void gather_dense(const gather_source *, const gather_runs *, int64_t, uint8_t *);
    void gather_sparse(const gather_source *, const gather_runs *, int64_t, uint8_t *, int64_t *,
                       int64_t *);
    int64_t cbf_find_sparse(const uint32_t *, int64_t, int64_t, int64_t, int64_t, int64_t *,
                            int64_t *, int64_t *);
    int64_t cbf_read_sparse(const uint32_t *, int64_t, int64_t, int64_t, const int64_t *,
                            const int64_t *, const int64_t *, const int64_t *, uint32_t *,
                            int64_t *, int64_t *);
"""


def compile_reader(folder: Path, flags: list[str] = FLAGS) -> Path:
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
        '#include "cbf.h"\n#include "ctf.h"\n#include "gather.h"\n#include "resize.h"',
        sources=[str(path) for path in sorted((HERE / "c").glob("*.c"))],
        include_dirs=[str(HERE / "c")],
        depends=[str(path) for path in sorted((HERE / "c").iterdir())],
        extra_compile_args=flags,
        extra_link_args=[flag for flag in flags if flag.startswith("-fsanitize")],
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
    print(compile_reader(HERE / "src"), file=sys.stderr)
