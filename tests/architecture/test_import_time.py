"""``import cntk`` loads numpy and pluggy, and does nothing else."""

from __future__ import annotations

import subprocess
import sys

# Started in a fresh process; -B, because writing byte code would count as writing a file.
WATCHED_IMPORT = """
import importlib.metadata, sys, threading

def refuse_scan(*args, **kwargs):
    raise AssertionError("import cntk scans the installed distributions")

importlib.metadata.distributions = importlib.metadata.entry_points = refuse_scan
effects = []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        effects.append(f"writes {arguments[0]}")
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork")):
        effects.append(event)

sys.addaudithook(watch)
before = set(sys.modules)
import cntk
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(loaded - set(sys.stdlib_module_names)))
print(*effects, f"{threading.active_count()} thread", sep=", ")
"""


def test_import_loads_numpy_and_pluggy_only():
    result = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED_IMPORT], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    foreign, effects = result.stdout.splitlines()
    assert set(foreign.split()) <= {"cntk", "numpy", "pluggy"}
    assert effects == "1 thread"


def test_import_loads_no_plugin_package():
    code = "import cntk, sys; print([n for n in ('cntk.layers', 'cntk.io') if n in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"
