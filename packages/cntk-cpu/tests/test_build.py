"""Wheels, with and without what compiling needs, and the kernels under sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
KERNEL_TESTS = PACKAGE / "tests" / "native"
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "compile.py", "hatch_build.py", "c", "src"]
STALE = "src/cntk/native/_kernels.abi3.so"
SANITIZE = ["-O1", "-g", "-std=gnu11", "-fopenmp", "-fno-omit-frame-pointer", "-DCNTK_PLAIN",
            "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def package(tmp_path):
    """Return a copy of the package's sources, with a compiled module from before."""
    copy = tmp_path / "cntk-cpu"
    copy.mkdir()
    for name in SOURCES:
        source = PACKAGE / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("*.so"))
        else:
            shutil.copy(source, copy)
    (copy / STALE).write_bytes(b"from before")
    return copy


def run(command: list, fails: bool = False, **environment: str) -> str:
    """Return what a command prints; it has to end well, or to fail."""
    found = subprocess.run(
        [str(word) for word in command],
        cwd=environment.pop("cwd", None),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
    )
    assert bool(found.returncode) == fails, found.stdout[-5000:]
    return found.stdout


def build(package: Path, target: str = "wheel", **environment: str) -> tuple[Path, str]:
    """Return what is built, and what was printed."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target]
    printed = run(command, cwd=str(package), **environment)
    (made,) = (package / "dist").iterdir()
    return made, printed


def test_a_wheel_has_the_kernels(package):
    wheel, _ = build(package)
    assert "-cp311-abi3-" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        compiled = archive.getinfo("cntk/native/_kernels.abi3.so")
    assert compiled.file_size > 10_000, "the one from before"


COMPILERS = {
    "a compiler": "exit 1",
    "Python.h": """
        for word; do
            shift
            case $word in -I*python*) ;; *) set -- "$@" "$word" ;; esac
        done
        exec cc "$@"
    """,
}


@pytest.mark.parametrize("lacking", COMPILERS)
def test_without_what_compiling_needs_the_package_works_without_kernels(package, lacking, tmp_path):
    compiler = tmp_path / "compiler"
    compiler.write_text("#!/bin/sh\n" + COMPILERS[lacking])
    compiler.chmod(0o755)
    wheel, printed = build(package, CC=str(compiler))
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "cntk-cpu: the kernels were not compiled" in printed
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".so")]
        archive.extractall(installed)
    found = run([sys.executable, "-m", "cntk", "info"], PYTHONPATH=paths(installed))
    assert "cntk-cpu: kernels in C: none, NumPy computes; they did not load: " in found


def paths(first: Path) -> str:
    return os.pathsep.join([str(first), *filter(None, sys.path)])


def test_a_source_distribution_has_the_sources_in_c(package):
    (package / STALE).unlink()
    archive, _ = build(package, "sdist")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {f"c/{path.name}" for path in (PACKAGE / "c").iterdir()} <= names
    assert {"compile.py", "hatch_build.py"} <= names


# Negates eight numbers where a buffer has four.
OVERRUN = """
import numpy as np
from cntk.native import _kernels
from cntk.native.library import ffi, kernel, lib, operations
print(_kernels.__file__, flush=True)
x, y = np.zeros(8, np.float32), np.zeros(4, np.float32)
block, at = ffi().new("launch *"), ffi().new("int32_t[]", [0, 1])
step = [operations()["negate"], 1, 0, 0, 0]
ints = ffi().new("int64_t[]", [8, 1, 1, 1, 2, 0, 0, 0, 0, *step, 1, 0, 0, 0])
block.run, block.at, block.ints, block.rows = kernel("chain_f32"), at, ints, -1
pointers = [ffi().cast("char *", array.ctypes.data) for array in (x, y)]
lib().run_segment(block, 1, ffi().new("char *[]", pointers), ffi().new("int64_t[]", [1]))
"""


@pytest.mark.native_sanitizer
def test_the_kernels_under_sanitizers(package):
    """Needs GCC with its sanitizers; where they lack, compiling or preloading fails and says so."""
    (package / STALE).unlink()
    code = f"import compile, pathlib; compile.compile_kernels(pathlib.Path('src'), {SANITIZE})"
    run([sys.executable, "-c", code], cwd=str(package), PYTHONPATH=str(package))
    library = run([os.environ.get("CC", "gcc"), "-print-file-name=libasan.so"]).strip()
    assert os.path.isabs(library), "the compiler has no libasan.so: install its sanitizers"
    environment = {
        "PYTHONPATH": paths(package / "src"),
        "LD_PRELOAD": library,
        # Python and NumPy keep memory until the end; a kernel is asked for more than there is
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    caught = run([sys.executable, "-c", OVERRUN], fails=True, **environment)
    assert str(package) in caught and "AddressSanitizer: heap-buffer-overflow" in caught
    options = ["-x", "-o", "timeout=400", "-p", "no:cacheprovider"]  # sanitized code is slow
    run([sys.executable, "-m", "pytest", *options, KERNEL_TESTS], **environment)
