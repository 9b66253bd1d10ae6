"""Build the packages and try sets of them, each in an empty environment: ``hatch run alone``.

Tests run in an environment that has everything, so an import of a package that is not declared
stays hidden there. Here each set is installed from wheels, with its declared dependencies only,
and does a small piece of real work. Sets: core; core and one other, for each other; all, by way of
``cntk-toolkit[all]``; and the example of an outside package with its own tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = Path(__file__).resolve().parent
EXAMPLE = ROOT / "examples" / "plugin"
CORE, TOOLKIT = "cntk-core", "cntk-toolkit"
NAMES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
STEP_LIMIT = 300  # seconds; building or installing takes a few


class StepFailed(Exception):
    """A command ended with an error; the text is the command and what it printed."""


@dataclass
class Trial:
    """What is installed into an empty environment, and what is run there with its Python."""

    title: str
    packages: list[str]
    commands: list[list]
    requirements: list[str] = field(default_factory=list)


def main() -> int:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="alone-") as folder:
        try:
            wheels = build(Path(folder) / "wheels")
        except StepFailed as failure:
            print(f"alone: a package does not build\n{failure}")
            return 1
        planned = trials(wheels)
        with ThreadPoolExecutor(max_workers=2) as pool:
            failures = list(pool.map(lambda trial: run_trial(trial, wheels, folder), planned))
    for trial, failure in zip(planned, failures):
        print(f"alone: {trial.title:44} {'FAILED' if failure else 'passed'}")
        if failure:
            print(failure)
    failed, seconds = sum(map(bool, failures)), time.perf_counter() - started
    print(f"alone: {failed} failed, {len(planned) - failed} passed in {seconds:.0f}s")
    return 1 if failed else 0


def build(folder: Path) -> dict[str, Path]:
    """Return the wheels of all packages, by the name of the distribution."""
    sources = {name: ROOT / "packages" / name for name in NAMES}
    sources |= {TOOLKIT: ROOT, "cntk-example": EXAMPLE}
    for source in sources.values():
        run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=source)
    return {name: next(folder.glob(f"{name.replace('-', '_')}-*.whl")) for name in sources}


def trials(wheels: dict[str, Path]) -> list[Trial]:
    others = [name for name in NAMES if name != CORE]
    sets = [[CORE], *([CORE, other] for other in others), [CORE, *others]]
    planned = [Trial(" + ".join(chosen), chosen, checks(chosen)) for chosen in sets]
    planned[-1].requirements.append(f"{wheels[TOOLKIT]}[all]")
    pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules"]
    example = Trial(
        "cntk-example, an outside package",
        [*NAMES, "cntk-example"],
        [
            [*pytest, EXAMPLE / "tests"],
            [*pytest, "-c", EXAMPLE / "pyproject.toml", "--pyargs", "cntk_example"],
        ],
        ["pytest"],
    )
    return [*planned, example]


def checks(chosen: list[str]) -> list[list]:
    absent = [name for name in NAMES if name not in chosen]
    present = [[CHECKS / f"check_{name.removeprefix('cntk-')}.py"] for name in chosen]
    return [[CHECKS / "check_absent.py", *absent], *present]


def run_trial(trial: Trial, wheels: dict[str, Path], folder: str) -> str:
    """Install and run a trial; return "" or what went wrong."""
    home = Path(tempfile.mkdtemp(dir=folder))
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python]
    built = [wheels[name] for name in trial.packages]
    try:
        run([*pip, "install", "--quiet", *built, *trial.requirements], cwd=home)
        run([*pip, "check"], cwd=home)
        for command in trial.commands:
            run([python, *command], cwd=home)
    except StepFailed as failure:
        return str(failure)
    return ""


def run(command: list, cwd: Path) -> None:
    """Run a command that sees neither this environment nor the sources."""
    try:
        result = subprocess.run(
            list(map(str, command)),
            cwd=cwd,
            env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=STEP_LIMIT,
        )
    except subprocess.TimeoutExpired as error:
        raise StepFailed(str(error)) from None
    if result.returncode:
        raise StepFailed(f"{' '.join(map(str, command))}\n{result.stdout}")


if __name__ == "__main__":
    sys.exit(main())
