"""The docstrings of public names: every parameter is described, and there is an example.

That examples run is tested where they stand. What ``:func:`` or ``:class:`` refers to may say it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from pathlib import Path

import pytest

from cntk import names

API = json.loads((Path(__file__).parents[1] / "data/api.json").read_text(encoding="utf-8"))
# bases that are not made by themselves, what needs a device, and what does nothing
PLAIN = """
cntk.map_if_possible cntk.typemap cntk.device.gpu cntk.device.get_gpu_properties
cntk.device.set_excluded_devices cntk.device.try_set_default_device cntk.learners.Learner
cntk.layers.blocks.UntestedBranchError cntk.layers.typing.SequenceOverMeta
cntk.io.StreamConfiguration cntk.variables.VariableMixin cntk.tensor.ArrayMixin
cntk.tensor.TensorOpsMixin cntk.core.user_function
""".split()
REFERENCE = re.compile(r":(?:func|class|meth):`")


def public_things():
    """Return {path: thing} of functions and classes of CNTK 2.7 that are here."""
    found = {}
    for entry in API:
        path = f"{entry['module']}.{entry['name']}"
        is_here = not entry["module"].startswith((*names.LATER_MODULES, "cntk.internal"))
        if is_here and entry["kind"] in ("function", "class"):
            try:
                found[path] = getattr(importlib.import_module(entry["module"]), entry["name"])
            except (AttributeError, ImportError):  # tests/architecture sees to what it says then
                continue
    return found


THINGS = public_things()


@pytest.mark.parametrize("path", sorted({*THINGS} - {*PLAIN}))
def test_there_is_an_example(path):
    text = inspect.getdoc(THINGS[path]) or ""
    assert ">>>" in text or REFERENCE.search(text), f"{path}: {text}"


@pytest.mark.parametrize(
    "path", sorted(p for p, thing in THINGS.items() if not isinstance(thing, type))
)
def test_every_parameter_is_described(path):
    text = inspect.getdoc(THINGS[path]) or ""
    parameters = {*inspect.signature(THINGS[path]).parameters} - {"name", "kw_name"}
    described = {name for name in parameters if re.search(rf"\b{name}\b", text)}
    assert described == parameters or REFERENCE.search(text) or path in PLAIN


def test_exceptions_are_public_names():
    assert {*PLAIN} <= {*THINGS}
    assert len(THINGS) > 250
