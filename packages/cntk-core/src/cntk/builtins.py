"""What cntk-core itself brings, through the hooks that every plugin uses."""

from __future__ import annotations

from importlib import import_module

from cntk.plugins import hookimpl


@hookimpl
def cntk_operators():
    """The public operators of ``cntk.ops``."""
    from cntk.operators.declare import Operator

    ops = import_module("cntk.ops")
    return [x for x in vars(ops).values() if isinstance(x, Operator)]


@hookimpl
def cntk_kernels():
    """The NumPy kernels; operators without one are computed by their reference."""
    return import_module("cntk.backends.numpy").kernels()


@hookimpl
def cntk_file_formats():
    """The format of CNTK 2."""
    files = import_module("cntk.graph.files")
    return [files.FileFormat("CNTKv2", (".model", ".dnn", ".cntk"), files.load, files.save)]


@hookimpl
def cntk_learners():
    """The learners of CNTK 2.7."""
    return import_module("cntk.learners").built_in()
