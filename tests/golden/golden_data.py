"""The numbers that CNTK 2.7 printed for its operators, as cases."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(
    os.environ.get("CNTK_GOLDEN", Path(__file__).resolve().parents[1] / "data" / "golden")
)


@dataclass(frozen=True)
class Case:
    """One expression with its inputs, and what the original made of it."""

    id: str
    op: str
    expr: str
    dtype: str
    inputs: tuple[dict, ...]
    outputs: tuple[dict, ...] = ()
    gradients: tuple[str, ...] = ()
    error: str | None = None
    grad_error: str | None = None

    def arrays(self, letter: str) -> dict[str, np.ndarray | list[np.ndarray]]:
        """Return inputs ``x0``, outputs ``y0`` or gradients ``g0``; sequences are lists."""
        numbers, start = _numbers(self.op), f"c{self.id.rpartition('/')[2]}."
        found = {}
        for key, value in numbers.items():
            name = key.removeprefix(start)
            if not key.startswith(start + letter) or name.endswith("_len"):
                continue
            # a gradient has the lengths of its input
            lengths = numbers.get(f"{start}{name.replace('g', 'x')}_len")
            cuts = None if lengths is None else np.cumsum(lengths)[:-1]
            found[name] = value if cuts is None else np.split(value, cuts)
        return found


@cache
def _numbers(op: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / "ops" / f"{op}.npz", allow_pickle=False) as file:
        return dict(file)


@cache
def operator_cases() -> list[Case]:
    """Return all cases of ``ops.json``."""
    text = (FOLDER / "ops" / "ops.json").read_text(encoding="utf-8")
    return [
        Case(**{k: tuple(v) if isinstance(v, list) else v for k, v in case.items()})
        for case in json.loads(text)["cases"]
    ]
