"""Processes that measure when they are told to: a command is a line, its answer a line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Side:
    """One side of a comparison.

    Args:
        program: its file, beside this one.
        arguments: what follows on the command line.
        threads: how many it may use.
        python: the interpreter; empty: the one that runs here.
        environment: more variables of the environment.
    """

    def __init__(
        self, program: str, arguments: list[str], threads: int, python: str = "", **environment: str
    ) -> None:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self._process = subprocess.Popen(
            [python or sys.executable, str(HERE / program), *arguments],
            env={**os.environ, **dict.fromkeys(names, str(threads)), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *error) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def ask(self, command: str, argument: object = 0):
        """Return the answer to a command."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(f"{command} {argument}\n")
        stdin.flush()
        for line in stdout:
            if line[0] in "{[0123456789":  # CNTK 2.7 greets
                return json.loads(line)
        raise SystemExit(f"{self._process.args} ended with {self._process.wait()}")
