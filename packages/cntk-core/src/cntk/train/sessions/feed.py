"""Feed: a source of minibatches, and which of its streams goes to which variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cntk.errors import ArgumentError, describe
from cntk.train.sessions.arrays import ArraySource
from cntk.variables import Variable


class Feed:
    """Minibatches for variables.

    Args:
        source: a minibatch source, or an :class:`ArraySource`.
        mapping: {variable: stream}; None for arrays, which know their variables.

    Raises:
        ValueError: there is no mapping.
    """

    def __init__(self, source, mapping: Mapping | None) -> None:
        self.source = source
        if isinstance(source, ArraySource):
            self._mapping = None
            return
        if not mapping:
            raise ArgumentError("Mapping between input vars and streams should not be empty.")
        self._mapping = dict(mapping)

    def next_minibatch(self, size: int, device=None) -> dict:
        """Return {variable: data} of about ``size`` samples, ``{}`` at the end.

        Raises:
            ValueError: the source has no stream that a variable is mapped to.
        """
        if self._mapping is None:
            return self.source.next_minibatch(size)
        found = self.source.get_next_minibatch(size, device=device)
        if not found:
            return {}
        return {variable: self._part(found, variable, s) for variable, s in self._mapping.items()}

    def _part(self, found: Mapping, variable: Variable, stream):
        """Return the data of a stream; one of another source goes by its name."""
        if stream in found:
            return found[stream]
        name = getattr(stream, "name", getattr(stream, "m_name", stream))
        for known, data in found.items():
            if known.name == name:
                return data
        what = f"{variable} is mapped to {stream!r}, which is not a stream of this source"
        raise ArgumentError(describe(what, f"it has  {', '.join(s.name for s in found)}"))

    @property
    def is_infinite(self) -> bool:
        """Whether it never ends."""
        told = getattr(self.source, "is_infinite", False)
        return bool(told() if callable(told) else told)

    @property
    def at_end(self) -> bool:
        """Whether arrays have ended, which begin again with the next minibatch."""
        return self._mapping is None and self.source.at_end

    def state(self) -> dict:
        """Return the position in the data."""
        return dict(self.source.get_checkpoint_state())

    def go_to(self, state: dict) -> None:
        """Continue from a position."""
        self.source.restore_from_checkpoint(state)


def feed_of(given, mapping, arguments: Sequence[Variable] | None) -> Feed:
    """Return what feeds variables: from a minibatch source, or from arrays.

    Args:
        given: the source; or a tuple of arrays, one for each argument.
        mapping: {variable: stream} for a source.
        arguments: variables for arrays; None where it is not known which.

    Raises:
        ValueError: it is neither, or a mapping is missing or too much.
    """
    if hasattr(given, "get_next_minibatch"):
        return Feed(given, mapping)
    if isinstance(given, Feed):
        return given
    if mapping:
        raise ArgumentError("mapping must not be provided when data is passed directly")
    if arguments is None:
        raise ArgumentError(
            "when passing data directly in place of a minibatch source, criterion must be given"
        )
    parts = given if isinstance(given, tuple) else (given,)
    if len(parts) != len(arguments):
        raise ArgumentError(
            "to pass data directly in place of a minibatch source, pass a tuple of "
            f"{len(arguments)} numpy or scipy arrays, in the order of the arguments of the "
            f"criterion function. You passed {len(parts)} value(s)"
        )
    return Feed(ArraySource(arguments, parts), None)
