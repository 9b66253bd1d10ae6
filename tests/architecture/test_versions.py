"""All packages carry one version and name each other by it."""

from __future__ import annotations

import pytest

import cntk

from .source_tree import PACKAGES, ROOT, project_table

TOOLKIT = project_table(ROOT)
PROJECTS = {package.name: project_table(package) for package in PACKAGES}


def own_requirements(table):
    """Return the requirements on packages of this project, of a table and its extras."""
    lists = [table.get("dependencies", []), *table.get("optional-dependencies", {}).values()]
    return [line for lines in lists for line in lines if line.startswith("cntk-")]


@pytest.mark.parametrize("name", PROJECTS)
def test_one_version_one_python(name):
    table = PROJECTS[name]
    assert table["name"] == name, "the folder bears the distribution's name"
    assert table["version"] == TOOLKIT["version"]
    assert table["requires-python"] == TOOLKIT["requires-python"]
    assert table["license"] == TOOLKIT["license"]


@pytest.mark.parametrize("name", [*PROJECTS, "cntk-toolkit"])
def test_packages_ask_for_each_other_by_that_version(name):
    table = PROJECTS.get(name, TOOLKIT)
    for requirement in own_requirements(table):
        other = requirement.partition("~=")[0]
        assert requirement == f"{other}~={TOOLKIT['version']}"
        assert other in PROJECTS


@pytest.mark.parametrize("name", PROJECTS)
def test_a_package_needs_core_and_no_other(name):
    needed = {line.partition("~=")[0] for line in own_requirements(PROJECTS[name])}
    assert needed == (set() if name == "cntk-core" else {"cntk-core"})


def test_core_needs_little():
    names = {line.partition(">=")[0] for line in PROJECTS["cntk-core"]["dependencies"]}
    assert names == {"numpy", "pluggy", "threadpoolctl"}


def test_the_extra_all_is_all():
    named = {line.partition("~=")[0] for line in TOOLKIT["optional-dependencies"]["all"]}
    assert named | {"cntk-core"} == set(PROJECTS)


def test_scripts_still_see_the_version_they_check_for():
    assert cntk.__version__ == "2.7"
