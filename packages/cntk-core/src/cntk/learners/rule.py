"""Update rules: what a learner does to a parameter, written with operators."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from cntk.errors import ArgumentError


class UpdateRule:
    """A rule of the form ``rule(parameter, gradient, state, lr, ...) -> new parameter``.

    Args:
        function: written with operators; it names what it wants: ``parameter``, ``gradient`` (the
            SUM over the minibatch, or the mean for a learner in that mode), ``state`` (a dictionary
            of arrays like the parameter, all zeros at first; what is assigned is the new state),
            ``lr`` (the rate for that gradient), ``num_samples``, ``step`` (1 at the first update),
            and any number that the learner's factory supplies.
        name: name of the learner.
        reference: the paper.
        untouched_rows: what happens to the rows of a parameter that a row-sparse gradient does not
            touch: nothing, and to their state neither (``none``); their state decays, which is made
            up for when they are touched again (``catch_up``); or the rule wants to see all rows,
            and row-sparse gradients are made dense (``all``).
        decays: for ``catch_up``, {name of a state array: name of the number that multiplies it in
            an update without gradient}.
        state: names of its state arrays in the order of files; default: as they are met.
    """

    def __init__(
        self,
        function: Callable,
        name: str,
        reference: str = "",
        untouched_rows: str = "all",
        state: tuple[str, ...] | None = None,
        decays: dict[str, str] | None = None,
    ) -> None:
        if untouched_rows not in ("none", "catch_up", "all"):
            raise ArgumentError(
                f"learner '{name}': untouched_rows is 'none', 'catch_up' or 'all', "
                f"not {untouched_rows!r}"
            )
        if (untouched_rows == "catch_up") != bool(decays):
            raise ArgumentError(
                f"learner '{name}': untouched_rows 'catch_up' and decays belong together"
            )
        self.function, self.name, self.reference = function, name, reference
        self.untouched_rows, self.state = untouched_rows, state
        self.decays = decays or {}
        self._of_rows: UpdateRule | None = None
        self.names = list(inspect.signature(function).parameters)

    def of_rows(self, function: Callable) -> UpdateRule:
        """Declare the form that the rule takes for row-sparse gradients; default: the same.

        Args:
            function: as the rule itself; it sees the touched rows of parameter and state.
        """
        self._of_rows = UpdateRule(
            function, self.name, self.reference, self.untouched_rows, self.state, self.decays
        )
        return self._of_rows

    def for_rows(self) -> UpdateRule:
        """Return the rule for row-sparse gradients."""
        return self._of_rows or self

    def numbers(self) -> list[str]:
        """Return the names of the numbers that the rule wants."""
        return [n for n in self.names if n not in ("parameter", "gradient", "state")]

    def apply(self, parameter, gradient, state: dict, numbers: dict):
        """Return the new parameter; ``state`` then holds the new state."""
        available = {"parameter": parameter, "gradient": gradient, "state": state, **numbers}
        return self.function(**{name: available[name] for name in self.names})


def update_rule(
    name: str,
    reference: str = "",
    untouched_rows: str = "all",
    state: tuple[str, ...] | None = None,
    decays: dict[str, str] | None = None,
) -> Callable[[Callable], UpdateRule]:
    """Return a decorator that makes an :class:`UpdateRule` of a function."""
    return lambda function: UpdateRule(function, name, reference, untouched_rows, state, decays)
