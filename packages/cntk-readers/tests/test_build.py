"""Wheels, with and without a compiler, and the reader in C under sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
TESTS = PACKAGE / "tests"
READER_TESTS = [
    TESTS / "deserializers" / "ctf",
    TESTS / "deserializers" / "cbf",
    TESTS / "test_gathering.py",
    TESTS / "transforms" / "test_native.py",
]
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "compile.py", "hatch_build.py", "c", "src"]
STALE = "src/cntk/io/_native.abi3.so"
SANITIZE = ["-O1", "-g", "-std=c11", "-fno-omit-frame-pointer", "-fsanitize=address,undefined",
            "-fno-sanitize-recover=undefined"]  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def package(tmp_path):
    """Return a copy of the package's sources, with a compiled module from before."""
    copy = tmp_path / "cntk-readers"
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


def build(package: Path, **environment: str) -> tuple[Path, str]:
    """Return the wheel, and what was printed."""
    printed = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=str(package),
                  **environment)  # fmt: skip
    (made,) = (package / "dist").iterdir()
    return made, printed


def test_a_wheel_has_the_reader(package):
    wheel, _ = build(package)
    assert "-cp311-abi3-" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        assert archive.getinfo("cntk/io/_native.abi3.so").file_size > 10_000, "the one from before"


def test_without_a_compiler_the_package_works_with_numpy(package, tmp_path):
    compiler = tmp_path / "compiler"
    compiler.write_text("#!/bin/sh\nexit 1")
    compiler.chmod(0o755)
    wheel, printed = build(package, CC=str(compiler))
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "the reader of text in C was not compiled" in printed
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    found = run([sys.executable, "-m", "cntk", "info"], PYTHONPATH=paths(tmp_path / "installed"))
    assert "cntk-readers: text is read by NumPy; the reader in C did not load: " in found


def paths(first: Path) -> str:
    return os.pathsep.join([str(first), *filter(None, sys.path)])


# Reads more lines than there are.
OVERRUN = """
import numpy as np
from cntk.io import _native
print(_native.__file__, flush=True)
ffi, lib = _native.ffi, _native.lib
text = np.full(64, 32, np.uint8)
text[-1] = 10
starts, ids, ends = (np.zeros(4, np.int64) for _ in range(3))
longs = lambda array: ffi.from_buffer("int64_t[]", array)
lib.ctf_read_ids(ffi.from_buffer("uint8_t[]", text), 64, longs(starts), 400,
                 ffi.cast("uint64_t *", ids.ctypes.data), longs(ends))
"""


@pytest.mark.native_sanitizer
def test_the_reader_under_sanitizers(package):
    """Needs GCC with its sanitizers; where they lack, compiling or preloading fails and says so."""
    (package / STALE).unlink()
    code = f"import compile, pathlib; compile.compile_reader(pathlib.Path('src'), {SANITIZE})"
    run([sys.executable, "-c", code], cwd=str(package), PYTHONPATH=str(package))
    library = run([os.environ.get("CC", "gcc"), "-print-file-name=libasan.so"]).strip()
    assert os.path.isabs(library), "the compiler has no libasan.so: install its sanitizers"
    environment = {
        "PYTHONPATH": paths(package / "src"),
        "LD_PRELOAD": library,
        # Python and NumPy keep memory until the end
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    caught = run([sys.executable, "-c", OVERRUN], fails=True, **environment)
    assert str(package) in caught and "AddressSanitizer: heap-buffer-overflow" in caught
    options = ["-x", "-o", "timeout=400", "-p", "no:cacheprovider", "-m", "not slow"]
    run([sys.executable, "-m", "pytest", *options, *map(str, READER_TESTS)], **environment)
