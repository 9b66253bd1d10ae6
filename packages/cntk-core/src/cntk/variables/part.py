"""What graphs are made of."""

from __future__ import annotations

from typing import Any


class PartOfGraph:
    """A variable or Function: what it is depends on the graph around it.

    ``copy.copy`` therefore returns the part itself. ``copy.deepcopy`` and ``pickle`` would tear a
    variable out of its graph, or double parameters that learners hold; they are refused, as by
    CNTK 2.7. Of a Function they make a copy of its whole graph.
    """

    def __copy__(self):
        return self

    def __deepcopy__(self, memo: dict) -> Any:
        raise TypeError(f"{self!r} is not copied by deepcopy. try: Function.clone('clone')")

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} is not pickled. try: Function.save and C.load_model")
