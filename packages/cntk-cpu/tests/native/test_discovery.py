"""oneDNN is looked for in order; one that does not serve is reported, and NumPy computes."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys

import numpy as np
import pytest

from cntk.native import discovery

FALLBACK = """
import numpy as np, cntk as C, warnings
warnings.simplefilter("ignore", RuntimeWarning)
from cntk.native.library import available, onednn
assert available() and onednn() is None
x, w = C.input_variable((2, 5, 5)), C.parameter((3, 2, 3, 3), init=1)
y = C.convolution(w, x, auto_padding=[False, True, True])
v = C.parameter((75, 4), init=2)
found = C.times(C.reshape(y, 75), v).eval({x: np.ones((1, 2, 5, 5), np.float32)})
print(found[0, 0], C.reduce_sum(y).grad({x: np.ones((1, 2, 5, 5), np.float32)}, [w]).sum())
"""


@pytest.fixture(autouse=True)
def looked_for_anew():
    discovery.found.cache_clear()
    yield
    discovery.found.cache_clear()


def test_the_wheel_brings_it(monkeypatch):
    monkeypatch.delenv("CNTK_ONEDNN", raising=False)
    found = discovery.found()
    assert found.library is not None and found.version.startswith("3.")


def test_a_library_that_is_named_is_the_one(monkeypatch, tmp_path):
    monkeypatch.delenv("CNTK_ONEDNN", raising=False)
    other = tmp_path / "libother.so"
    other.symlink_to(discovery.found().path)
    discovery.found.cache_clear()
    monkeypatch.setenv("CNTK_ONEDNN", str(other))
    assert discovery.found().path == str(other)


def broken(folder, kind: str) -> str:
    if kind == "another library":
        return ctypes.util.find_library("m")
    path = folder / "libdnnl.so.3"
    if kind == "no library":
        path.write_bytes(b"not a library")
    return str(path)


@pytest.mark.parametrize("kind", ["no file", "no library", "another library"])
def test_one_that_does_not_serve_is_reported(monkeypatch, tmp_path, kind):
    path = broken(tmp_path, kind)
    monkeypatch.setenv("CNTK_ONEDNN", path)
    with pytest.warns(RuntimeWarning, match="CNTK_ONEDNN names a library that does not serve"):
        found = discovery.found()
    assert found.library is None and len(found.failures) == 1 and path in found.failures[0]


def test_another_interface_is_refused(monkeypatch):
    monkeypatch.delenv("CNTK_ONEDNN", raising=False)
    monkeypatch.setattr(discovery, "_MAJOR", 4)
    monkeypatch.setattr(discovery, "_candidates", lambda: ["libdnnl.so.3", *wheel()])
    assert any("and 4.x is needed" in failure for failure in discovery.found().failures)


def wheel() -> list[str]:
    from importlib import metadata

    files = metadata.files("onednn-cpu-gomp")
    return [str(f.locate()) for f in files if f.name == "libdnnl.so.3"]


def test_without_it_numpy_computes(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", FALLBACK],
        env={**os.environ, "CNTK_ONEDNN": str(tmp_path / "nothing.so")},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert found.returncode == 0, found.stderr
    window = 3 * 3 * 2 * np.outer([2 / 3, 1, 1, 1, 2 / 3], [2 / 3, 1, 1, 1, 2 / 3]).sum()
    assert [float(word) for word in found.stdout.split()] == pytest.approx([6 * window, 3 * window])
