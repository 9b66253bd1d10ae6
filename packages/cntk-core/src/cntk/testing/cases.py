"""Cases: one check of one thing, named so that it can be chosen and its failure read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cntk.testing.mismatch import Mismatch


@dataclass(frozen=True)
class Case:
    """One check; ``str`` of it is the id ``sigmoid-0-gradient``.

    Attributes:
        kind: what is checked: ``operator``, ``learner`` or ``deserializer``.
        name: its name.
        what: the promise that is checked.
        check: performs it.
        sample: number of the operator's sample, if it is about one.
    """

    kind: str
    name: str
    what: str
    check: Callable[[], None]
    sample: int | None = None

    def run(self) -> None:
        """Perform the check.

        Raises:
            Mismatch: it does not pass.
        """
        where = "" if self.sample is None else f"sample {self.sample}, "
        try:
            self.check()
        except Mismatch as mismatch:
            raise Mismatch(f"{self.kind} {self.name}, {where}{self.what}: {mismatch}") from None
        except Exception as error:
            error.add_note(f"in the check '{self}' of {self.kind} {self.name}")
            raise

    def __str__(self) -> str:
        sample = [] if self.sample is None else [str(self.sample)]
        return "-".join([self.name, *sample, self.what])


def run_all(cases: Iterable[Case]) -> None:
    """Perform all checks.

    Raises:
        Mismatch: some do not pass; the message lists all that fail.
    """
    failures = []
    for case in cases:
        try:
            case.run()
        except Mismatch as mismatch:
            failures.append(str(mismatch))
        except Exception as error:
            failures.append(f"{case.kind} {case}: {type(error).__name__}: {error}")
    if failures:
        raise Mismatch(f"{len(failures)} checks fail", *failures)
