"""The picture of who may import whom, and a check that the sources agree with it.

A part is a module or folder directly below ``cntk``. It may import the parts of its own layer and
of the layers above it in this table; what it must not import although the layers allow it stands in
``APART``. Two calls go the other way and are named in ``upward.py`` of cntk-core.
"""

from __future__ import annotations

import pytest

from .source_tree import PACKAGES, imports, modules

PICTURE = {
    "words": "errors axis shape dtypes layout record default_options seeds counts names "
    "deprecation",
    "seams": "hookspecs plugins namespace upward",
    "memory": "device memory tensor sparse row_sparse storage orders cell continuation value "
    "generator philox random_rows initial_values initializer",
    "structure": "variables graph weights",
    "declaration": "operators",
    "computation": "ops autodiff execution backends",
    "training": "losses metrics random minibatch learners train logging eval",
    "doors": """
        builtins commands __main__ core cntk_py learner internal debugging misc testing tests""",
}
APART = {
    "graph": "ops",  # structure knows operators by their declared names only
    "ops": "backends",  # an operator runs on whatever registers a kernel for it
    "autodiff": "ops backends",  # gradients are known through the declarations
}
MAY = {
    ("cntk.errors", "cntk"),  # where the packages lie, to find the user's line
    ("cntk.logging.build_info", "cntk"),  # where they lie, and the version
    ("cntk.plugins", "cntk.operators.declare"),  # whether a kernel's operator is declared
}
LAYER = {part: rank for rank, parts in enumerate(PICTURE.values()) for part in parts.split()}
ONLY_PLUGIN_MODULES = {"cntk.hookspecs", "cntk.plugins"}

CORE = modules(next(path for path in PACKAGES if path.name == "cntk-core"))
OTHERS = {path.name: modules(path) for path in PACKAGES if path.name != "cntk-core"}
OWNED = {name.split(".")[1]: package for package, names in OTHERS.items() for name in names}


def part_of(module):
    """Return the part of a core module, ``graph`` for ``cntk.graph.clone``; ``""`` for ``cntk``."""
    return module.partition(".")[2].partition(".")[0]


def own_imports(names):
    for name, path in names.items():
        for target, line in imports(name, path):
            if target.partition(".")[0] == "cntk":
                yield name, target, line


def test_every_part_of_core_has_its_place():
    parts = {part_of(name) for name in CORE} - {""}
    assert parts == set(LAYER), "bring PICTURE up to date"


def test_core_imports_downward():
    wrong = []
    for name, target, line in own_imports(CORE):
        here, there = part_of(name), part_of(target)
        if here == "" or (name, target) in MAY:
            continue
        if LAYER.get(there, LAYER["core"]) > LAYER[here] or there in APART.get(here, "").split():
            wrong.append(f"{name}:{line} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_core_imports_no_plugin_package():
    wrong = [f"{n}:{line} imports {t}" for n, t, line in own_imports(CORE) if part_of(t) in OWNED]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", OTHERS)
def test_a_plugin_package_imports_core_only(package):
    wrong = [
        f"{name}:{line} imports {target}"
        for name, target, line in own_imports(OTHERS[package])
        if OWNED.get(part_of(target), package) != package
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("package", OTHERS)
def test_a_plugin_package_owns_one_sub_package_whole(package):
    owned = {part_of(name) for name in OTHERS[package]}
    assert len(owned) == 1 and f"cntk.{min(owned)}" in OTHERS[package]
    assert owned.isdisjoint(map(part_of, CORE))


def test_pluggy_stays_in_two_modules():
    users = {n for n, path in CORE.items() for target, _ in imports(n, path) if target == "pluggy"}
    assert users <= ONLY_PLUGIN_MODULES
