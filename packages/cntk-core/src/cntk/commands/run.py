"""The command line of ``python -m cntk``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from cntk.commands import convert, info, inspect_file, kernels


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    Args:
        arguments: command line; default: that of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m cntk", description="The Cognitive Toolkit.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("info", help="versions, plugins, devices, libraries, kernels")
    chosen = commands.add_parser("kernels", help="the kernels of an operator, best first")
    chosen.add_argument("operator", help="name of an operator, e.g. sigmoid")
    chosen = commands.add_parser("inspect", help="what is in a model, checkpoint or weights file")
    chosen.add_argument("file", help="a model, FILE.ckp of a checkpoint, .safetensors or .npz")
    chosen.add_argument("--json", action="store_true", help="print JSON")
    chosen.add_argument("--check", action="store_true", help="read it all, compare its checksum")
    chosen = commands.add_parser("convert", help="write a model, weights or data as another kind")
    kinds = "a model, .safetensors or .npz; data: .ctf, .txt or .cbf"
    chosen.add_argument("source", help=kinds)
    chosen.add_argument("target", help=f"{kinds}; its suffix says which")
    chosen.add_argument("--network", metavar="MODEL", help="a model that weights belong to")
    chosen.add_argument(
        "--stream",
        metavar="NAME=DIM[:sparse]",
        action="append",
        default=[],
        help="an input of a .ctf or .txt file; once for each",
    )
    given = parser.parse_args(arguments)
    if given.command == "info":
        print(info.report())
        return 0
    if given.command == "kernels":
        return kernels.show(given.operator)
    if given.command == "inspect":
        return _print(lambda: inspect_file.report(given.file, given.check, given.json))
    return _print(lambda: convert.convert(given.source, given.target, given.network, given.stream))


def _print(command: Callable[[], str]) -> int:
    """Print what a command returns; an error about a file is a line, not a traceback."""
    try:
        print(command())
    except (ValueError, OSError, RuntimeError, TypeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
