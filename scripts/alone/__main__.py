"""Build the packages and try each set of them in an empty environment: ``hatch run alone``.

Tests run in an environment that has everything, so an import of a package that is not declared
stays hidden there. Here each set is installed from wheels, with its declared dependencies only,
and does a small piece of real work. Sets: core; core and one other, for each other; all, by way of
`cntk-toolkit[all]`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = Path(__file__).resolve().parent
CORE, TOOLKIT = "cntk-core", "cntk-toolkit"
STEP_LIMIT = 300  # seconds; building or installing takes a few


class StepFailed(Exception):
    """A command ended with an error; the text is what it printed."""


def main() -> int:
    started = time.perf_counter()
    names = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
    others = [name for name in names if name != CORE]
    sets = [[CORE], *([CORE, other] for other in others)]
    if len(others) > 1:
        sets.append([CORE, *others])
    with tempfile.TemporaryDirectory(prefix="alone-") as folder:
        wheels = Path(folder) / "wheels"
        try:
            for name in names:
                build(ROOT / "packages" / name, wheels)
            build(ROOT, wheels)
        except StepFailed as failure:
            print(f"alone: a package does not build\n{failure}")
            return 1
        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(lambda chosen: try_set(chosen, names, Path(folder)), sets))
    for chosen, failure in zip(sets, results):
        print(f"alone: {' + '.join(chosen):40} {'FAILED' if failure else 'passed'}")
        if failure:
            print(failure)
    failed, seconds = sum(map(bool, results)), time.perf_counter() - started
    print(f"alone: {failed} failed, {len(sets) - failed} passed in {seconds:.0f}s")
    return 1 if failed else 0


def build(package: Path, wheels: Path) -> None:
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels], cwd=package)


def try_set(chosen: list[str], names: list[str], folder: Path) -> str:
    """Install a set of packages and run their checks; return "" or what went wrong."""
    home = folder / "-".join(chosen)
    try:
        python = install(chosen, home, folder / "wheels")
        run([python, CHECKS / "check_absent.py", *(set(names) - set(chosen))], cwd=home)
        for name in chosen:
            run([python, CHECKS / f"check_{name.partition('-')[2]}.py"], cwd=home)
    except StepFailed as failure:
        return str(failure)
    return ""


def install(chosen: list[str], home: Path, wheels: Path) -> Path:
    """Make an environment of nothing but the wheels and what they declare; return its Python."""
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python, "--quiet"]
    built = [wheel(name, wheels) for name in chosen]
    if len(chosen) == len(list(wheels.glob("*.whl"))) - 1:
        built.append(f"{wheel(TOOLKIT, wheels)}[all]")
    run([*pip, "install", *built], cwd=home)
    run([*pip, "check"], cwd=home)
    return python


def wheel(name: str, wheels: Path) -> Path:
    return next(wheels.glob(f"{name.replace('-', '_')}-*.whl"))


def run(command: list, cwd: Path) -> None:
    """Run a command that sees neither this environment nor the sources."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    result = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=STEP_LIMIT,
    )
    if result.returncode:
        raise StepFailed(f"{' '.join(map(str, command))}\n{result.stdout}")


if __name__ == "__main__":
    sys.exit(main())
