"""Checked mode: the first step that makes a number that is none stops the run, and says where."""

from __future__ import annotations

import numpy as np

from cntk.errors import ExecutionError, describe
from cntk.execution.watch import Launch, WatchedStep, title
from cntk.row_sparse import held


class Checking:
    """Looks at what each step reads and what it has computed."""

    def around(self, watched: WatchedStep, launch: Launch) -> Launch:
        """Return a launch that refuses what is no number.

        Args:
            watched: the step.
            launch: what computes it.
        """
        read = watched.kernel.reads
        positions = range(len(watched.inputs)) if read is None else read
        operands = [watched.inputs[position] for position in positions]

        def checked(slots: list) -> None:
            # before, because a step may write over its operand
            before = [_state(slots[slot]) for slot in operands]
            launch(slots)
            for slot in watched.outputs:
                after = _state(slots[slot])
                if "NaN" in after or ("infinite" in after and not any(before)):
                    _refuse(watched, after, _numbers(slots[slot]), before)

        return checked


def _numbers(array: object) -> np.ndarray | None:
    """Return the floating-point numbers that an array of any storage holds; None for others."""
    data = held(array)
    return data if isinstance(data, np.ndarray) and data.dtype.kind == "f" else None


def _state(array: object) -> str:
    """Return ``NaN`` or ``infinite`` for what an array holds, or an empty text."""
    numbers = _numbers(array)
    if numbers is None or np.isfinite(numbers).all():
        return ""
    return "NaN" if np.isnan(numbers).any() else "infinite"


def _refuse(watched: WatchedStep, what: str, numbers, before: list[str]) -> None:
    """Stop the run.

    Infinities are refused only where they arise from finite operands: models may mask with them.

    Raises:
        RuntimeError: always.
    """
    wrong = np.isnan(numbers) if what == "NaN" else np.isinf(numbers)
    held = [f"operand {i} holds {state} values" for i, state in enumerate(before) if state]
    purpose = watched.step.purpose
    raise ExecutionError(
        describe(
            f"{title(watched.step)} unexpectedly produced {what} values.",
            f"{int(wrong.sum())} of {numbers.size} are {what}, in rows of shape {numbers.shape}",
            "; ".join(held) or "its operands are finite",
            made_at=None if purpose is None else purpose.node.made_at,
        )
    )
