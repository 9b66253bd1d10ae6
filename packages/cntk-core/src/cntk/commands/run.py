"""The command line of ``python -m cntk``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cntk.commands import info, kernels


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
    given = parser.parse_args(arguments)
    if given.command == "info":
        print(info.report())
        return 0
    return kernels.show(given.operator)
