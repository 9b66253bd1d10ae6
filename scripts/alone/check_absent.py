"""A package that is not installed is absent, and asking for it names the command that brings it.

Arguments: the distributions that must be absent.
"""

import importlib
import sys

import cntk as C

IMPORT_NAME = {"cntk-cpu": "native", "cntk-layers": "layers", "cntk-readers": "io"}


def error_of(action):
    try:
        action()
    except (ImportError, AttributeError) as error:
        return str(error)
    raise SystemExit(f"no error from {action.__name__}")


for distribution in sys.argv[1:]:
    name = IMPORT_NAME[distribution]

    def attribute(name=name):
        getattr(C, name)

    def statement(name=name):
        importlib.import_module(f"cntk.{name}")

    assert f"pip install {distribution}" in error_of(statement), error_of(statement)
    if distribution != "cntk-cpu":  # whose names no script of CNTK 2.7 says
        assert f"pip install {distribution}" in error_of(attribute), error_of(attribute)
    assert f"cntk.{name}" not in sys.modules
