"""What a failed check says, and the comparison of arrays behind most of them."""

from __future__ import annotations

import numpy as np

from cntk.errors import describe


class Mismatch(AssertionError):
    """Something does not do what its declaration says.

    Args:
        what: what is wrong, in one line.
        details: further lines: where, found, expected.
        hint: a way out.
    """

    def __init__(self, what: str, *details: str, hint: str | None = None) -> None:
        super().__init__(describe(what, *details, hint=hint))


def tolerance(dtype: np.dtype | type, steps: int = 32) -> float:
    """Return the difference allowed between two ways to compute in an element type.

    Args:
        dtype: the element type; integers must be equal.
        steps: units in the last place, of a value as large as the largest one.
    """
    if np.dtype(dtype).kind != "f":
        return 0.0
    return steps * float(np.finfo(dtype).eps)


def assert_close(found, expected, allowed: float, what: str, *details: str) -> None:
    """Compare two arrays.

    Args:
        found: the array under test.
        expected: what it should be.
        allowed: largest difference, as a share of the largest finite expected value, 1 at least.
        what: what is compared, for the message.
        details: further lines of the message.

    Raises:
        Mismatch: shapes differ, or a value does; it names the largest difference.
    """
    found, expected = (np.asarray(whole(x)) for x in (found, expected))
    if found.shape != expected.shape:
        raise Mismatch(
            f"{what} has another shape", *details, f"found     {found.shape}",
            f"expected  {expected.shape}",
        )  # fmt: skip
    ours, theirs = found.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore"):
        gap = np.asarray(np.abs(ours - theirs))
    gap[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0
    gap[np.isnan(gap)] = np.inf
    finite = np.abs(theirs[np.isfinite(theirs)])
    limit = allowed * max(1.0, finite.max(initial=0.0))
    if gap.max(initial=0.0) > limit:
        worst = np.unravel_index(int(gap.argmax()), gap.shape)
        raise Mismatch(
            f"{what} differs",
            *details,
            f"largest difference {gap[worst]:.3g} at {_index_text(worst)}, allowed {limit:.3g}",
            f"found     {ours[worst]!s}",
            f"expected  {theirs[worst]!s}",
            f"{int((gap > limit).sum())} of {gap.size} values differ",
        )


def _index_text(index: tuple) -> str:
    return "[" + ", ".join(map(str, index)) + "]"


def whole(rows):
    """Return an array as it is, sparse rows as an array."""
    return rows.to_dense() if hasattr(rows, "to_dense") else rows
