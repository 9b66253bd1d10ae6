from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import cntk
from cntk import names, namespace, plugins


@pytest.fixture
def plugin_operator(monkeypatch):
    """A plugin's operator under the name ``test_only``."""
    thing = object()
    monkeypatch.setattr(plugins, "operators", lambda: {"test_only": (thing, "a-distribution")})
    monkeypatch.setattr(plugins, "learners", lambda: {"test_learner": (len, "a-distribution")})
    monkeypatch.setattr(plugins, "deserializers", dict)
    return thing


@pytest.fixture
def no_plugins(monkeypatch):
    for kind in ("operators", "learners", "deserializers"):
        monkeypatch.setattr(plugins, kind, dict)


def test_a_name_is_the_thing_of_its_home():
    from cntk.axis import Axis

    assert cntk.Axis is Axis


def test_a_module_under_another_name():
    assert cntk.utils is importlib.import_module("cntk.internal.utils")


def test_a_sub_module_needs_no_plugin():
    """``from cntk import x`` asks ``cntk`` for the attribute before it imports ``cntk.x``."""
    code = "import sys; from cntk import layout; print('cntk.plugins' in sys.modules, layout)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.startswith("False <module 'cntk.layout'")


def test_a_name_is_looked_up_once(monkeypatch):
    monkeypatch.delitem(vars(cntk), "Axis", raising=False)
    found = cntk.Axis
    monkeypatch.setattr(namespace, "_HOME", {})
    assert cntk.Axis is found


def test_operators_and_learners_of_plugins(plugin_operator):
    assert cntk.test_only is plugin_operator
    assert namespace.lookup_absent("cntk.ops", "test_only") is plugin_operator
    assert cntk.test_learner is len
    with pytest.raises(AttributeError):
        namespace.lookup_absent("cntk.ops", "test_learner")
    with pytest.raises(AttributeError):
        namespace.lookup_absent("cntk.core", "test_only")


def test_a_name_that_never_was(no_plugins):
    with pytest.raises(AttributeError, match="^module 'cntk' has no attribute 'sigmiod'$") as error:
        cntk.sigmiod  # noqa: B018
    assert (error.value.name, error.value.obj) == ("sigmiod", cntk)
    assert not hasattr(cntk, "sigmiod")


def test_private_names_ask_no_plugin(monkeypatch):
    def refuse():
        raise AssertionError("asked the plugins")

    monkeypatch.setattr(plugins, "operators", refuse)
    assert not hasattr(cntk, "__wrapped__")
    assert not hasattr(cntk, "_private")


def test_an_operator_of_another_distribution(no_plugins):
    with pytest.raises(AttributeError, match="'roipooling' is in cntk-vision: pip install cntk-v"):
        cntk.roipooling  # noqa: B018


def test_a_name_that_a_later_release_will_have(no_plugins):
    with pytest.raises(AttributeError, match="cntk.install_samples of CNTK 2.7 is not in this rel"):
        cntk.install_samples  # noqa: B018


def test_a_name_of_the_native_library(no_plugins):
    with pytest.raises(AttributeError, match="cntk.sanitize_axis only served the native library"):
        cntk.sanitize_axis  # noqa: B018
    from cntk.internal import sanitize

    with pytest.raises(AttributeError, match="only served the native library"):
        sanitize.sanitize_axis  # noqa: B018


@pytest.mark.parametrize("name", ["cntk.contrib", "cntk.contrib.netopt"])
def test_a_module_that_a_later_release_will_have(name):
    with pytest.raises(ModuleNotFoundError, match="of CNTK 2.7 is not in this release") as error:
        importlib.import_module(name)
    assert name.startswith(error.value.name)  # the parent, where that is absent too


def test_importing_a_name_that_a_later_release_will_have(no_plugins):
    with pytest.raises(ImportError, match="lattice_sequence_with_softmax of CNTK 2.7 is not in th"):
        from cntk.losses import lattice_sequence_with_softmax  # noqa: F401


def test_an_attribute_that_was_a_module(no_plugins):
    with pytest.raises(AttributeError, match="cntk.sample_installer of CNTK 2.7 is not in this"):
        namespace.lookup_absent("cntk", "sample_installer")


def test_a_module_that_never_was():
    with pytest.raises(ModuleNotFoundError, match="^No module named 'cntk.no_such'$"):
        importlib.import_module("cntk.no_such")


ALONE = """
import importlib, sys
sys.path[:] = [path for path in sys.path if "cntk-" not in path or "cntk-core" in path]
import cntk
cntk.__path__[:] = [path for path in cntk.__path__ if "cntk-core" in path]
assert "layers" not in dir(cntk) and "io" not in cntk.__all__
for look in (lambda: cntk.layers, lambda: importlib.import_module("cntk.layers.blocks")):
    try:
        look()
    except (AttributeError, ImportError) as error:
        print(type(error).__name__, error)
"""


def test_a_distribution_that_is_not_installed():
    result = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        "AttributeError cntk.layers is in cntk-layers: pip install cntk-layers",
        "ModuleNotFoundError cntk.layers is in cntk-layers: pip install cntk-layers",
    ]


def test_dir_lists_names_that_are_not_loaded_yet():
    listed = dir(cntk)
    assert {"sigmoid", "Trainer", "default_options", "ops", "__version__"} <= set(listed)
    assert listed == sorted(listed)


def test_all_leaves_out_what_is_not_here():
    assert "roipooling" not in cntk.__all__
    assert not set(cntk.__all__) & {
        *names.LATER["cntk"].split(),
        *names.NATIVE_ONLY["cntk"].split(),
    }
