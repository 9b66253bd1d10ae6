"""Files stay small, named for what they hold, and every package has the same five things."""

from __future__ import annotations

import re

import pytest

from .source_tree import ALL_MODULES, PACKAGES, ROOT

LONGEST = 400
PATHS_OF_CNTK = {"cntk.internal.utils", "cntk.utils"}  # scripts import them
PYTHON_FILES = sorted(
    path
    for folder in ("packages", "tests", "scripts", "examples", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_a_long_file_says_why():
    unexplained = {}
    for path in PYTHON_FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST and not any("Long because" in line for line in lines[:20]):
            unexplained[relative(path)] = len(lines)
    assert not unexplained, f"split these, or say 'Long because ...' on top: {unexplained}"


def test_no_module_is_named_for_leftovers():
    vague = re.compile(r"utils?|helpers?|common|misc_?tools?|stuff")
    names = {name for name in ALL_MODULES if vague.fullmatch(name.rpartition(".")[2])}
    names -= PATHS_OF_CNTK
    assert not names, f"name these for what they hold: {names}"


def test_nothing_is_left_to_do():
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    left = [
        f"{relative(path)}:{number}"
        for path in ALL_MODULES.values()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not left, f"finish these, or open an issue: {left}"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_has_its_five_things(package):
    present = {path.name for path in package.iterdir()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src", "tests"} <= present
    assert list((package / "src").rglob("py.typed")), "tell type checkers: add py.typed"
    assert list((package / "tests").rglob("test_*.py")), "a package without tests"
