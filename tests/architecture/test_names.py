"""Each public name of CNTK 2.7 is what it was, or says what became of it.

``tests/data/api.json`` lists the names of the original's modules with their kind, signature, value
or members, printed by CNTK 2.7. Left out are names that a module shows only because it imports
them (``cntk.losses.Axis``), but for ``cntk`` and the modules of layers, Functions and variables.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
import warnings
from types import ModuleType

import pytest

import cntk
from cntk import names

from .signatures import difference, resolve
from .source_tree import ALL_MODULES, ROOT

API = json.loads((ROOT / "tests/data/api.json").read_text(encoding="utf-8"))
HOMES = {name: home for home, listed in names.HOMES.items() for name in listed.split()}


def import_every_module():
    """Import all modules of the packages here; return the errors."""
    errors = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of older spellings
        for name in ALL_MODULES:
            try:
                importlib.import_module(name)
            except Exception as error:
                errors[name] = f"{type(error).__name__}: {error}"
    return errors


IMPORT_ERRORS = import_every_module()


def label(entry):
    return f"{entry['module']}.{entry['name']}"


def listed_in(table, entry):
    return entry["name"] in table.get(entry["module"], "").split()


def is_absent(entry):
    """Whether the tables say that this release does not have the name."""
    return (
        entry["module"].startswith(names.LATER_MODULES)
        or entry["name"] in names.DIRECTIVES
        or (entry["module"] in ("cntk", "cntk.ops") and entry["name"] in names.OPERATORS_ELSEWHERE)
        or listed_in(names.LATER, entry)
        or listed_in(names.NATIVE_ONLY, entry)
    )


HERE = [entry for entry in API if not is_absent(entry)]
ABSENT = [entry for entry in API if is_absent(entry)]


def assert_signature(thing, printed, what):
    found = difference(thing, printed)
    assert found is None, f"{what}{inspect.signature(thing)}: {found}"


def assert_member(cls, member):
    kind, name, settable, signature = re.fullmatch(
        r"(?:(prop|attr|static) )?(\w+)( \(settable\))?(\(.*\))?", member
    ).groups()
    found = inspect.getattr_static(cls, name, None)
    assert found is not None, f"{cls.__name__} has no {name}"
    what = f"{cls.__name__}.{name}"
    if kind == "prop":
        assert not callable(found), f"{what} is read without a call"
        assert not settable or getattr(found, "fset", True), f"{what} can be set"
    if signature is None or (name.startswith("__") and name != "__init__"):
        return  # Python calls __add__ and the like by position
    assert_signature(cls if name == "__init__" else getattr(cls, name), signature, what)
    if kind == "static":
        assert isinstance(found, (staticmethod, classmethod)), f"{what} needs no instance"


@pytest.mark.parametrize("entry", HERE, ids=label)
def test_a_name_is_what_it_was(entry):
    thing = resolve(label(entry))
    kind = entry["kind"]
    if kind == "module":
        assert isinstance(thing, ModuleType)
        assert thing.__name__ == entry["of"]
    elif kind == "alias":
        assert thing is resolve(entry["of"])
    elif kind == "constant":
        try:
            expected = ast.literal_eval(entry["value"])
        except (SyntaxError, ValueError):  # an object, printed
            assert not isinstance(thing, ModuleType)
        else:
            assert thing == expected
    elif kind == "function":
        assert callable(thing)  # a class will do
        assert_signature(thing, entry["signature"], entry["name"])
    else:
        assert kind == "class"
        assert isinstance(thing, type)
        for name, value in entry.get("values", {}).items():
            assert thing[name].value == ast.literal_eval(value)
        for member in entry.get("members", ()):
            assert_member(thing, member)


@pytest.mark.parametrize("entry", ABSENT, ids=label)
def test_an_absent_name_says_why(entry):
    if entry["name"] in names.DIRECTIVES:
        why = "has no attribute"
    elif entry["name"] in names.OPERATORS_ELSEWHERE:
        why = f"pip install {names.OPERATORS_ELSEWHERE[entry['name']]}"
    elif listed_in(names.NATIVE_ONLY, entry):
        why = "only served the native library"
    else:
        why = "not in this release"
    with pytest.raises((AttributeError, ImportError), match=why):
        resolve(label(entry))


def test_every_module_imports():
    assert not IMPORT_ERRORS


def test_no_flat_name_is_missing_from_the_tables():
    listed = {entry["name"] for entry in API if entry["module"] == "cntk"}
    known = {*HOMES, *names.MODULES, *names.OPERATORS_ELSEWHERE, *names.DIRECTIVES}
    known |= {*names.LATER["cntk"].split(), *names.NATIVE_ONLY["cntk"].split()}
    assert listed <= known


def test_a_flat_name_stands_in_one_table():
    groups = [
        [name for listed in names.HOMES.values() for name in listed.split()],
        [*names.MODULES],
        [*names.OPERATORS_ELSEWHERE],
        names.LATER["cntk"].split(),
        names.NATIVE_ONLY["cntk"].split(),
    ]
    once = [name for group in groups for name in group]
    assert sorted(once) == sorted(set(once))


def test_absent_names_of_a_module_are_names_of_the_original():
    printed = {(entry["module"], entry["name"]) for entry in API}
    invented = [
        f"{module}.{name}"
        for table in (names.LATER, names.NATIVE_ONLY)
        for module, listed in table.items()
        for name in listed.split()
        if (module, name) not in printed and f"{module}.{name}" not in names.LATER_MODULES
    ]
    assert not invented


def test_the_function_of_a_modules_name_stays_the_function():
    importlib.import_module("cntk.default_options")
    assert inspect.isfunction(cntk.default_options)
    from cntk.default_options import default_options_for

    assert default_options_for is cntk.default_options_for


STAR = """
import importlib.metadata, sys

def refuse_scan(*args, **kwargs):
    raise AssertionError("the star import scans the installed distributions")

importlib.metadata.entry_points = refuse_scan
from cntk import *
import cntk
print(sorted(name for name in cntk.__all__ if name not in globals()))
print(sorted(name for name in ("sin", "Trainer", "sequence", "C") if name not in globals()))
heavy = {"scipy", "PIL", "mpi4py", "cntk.native", "cntk.cuda"}
print(sorted(heavy & {*sys.modules}))
"""


def test_star_import_gives_all_names_and_loads_no_library():
    result = subprocess.run(
        [sys.executable, "-c", STAR], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["[]", "[]", "[]"]
