"""The path ``cntk.layers.blocks`` of CNTK 2.7: cells, identity, forward declarations."""

from __future__ import annotations

from cntk import ops
from cntk.layers._recurrence.recurrent import GRU as GRU
from cntk.layers._recurrence.recurrent import LSTM as LSTM
from cntk.layers._recurrence.recurrent import RNNStep as RNNStep
from cntk.layers._recurrence.recurrent import RNNUnit as RNNUnit
from cntk.layers._recurrence.stabilizer import Stabilizer as Stabilizer
from cntk.layers.identity import identity as identity
from cntk.namespace import attribute_getter

__getattr__ = attribute_getter(__name__)


class UntestedBranchError(NotImplementedError):
    """A combination of options that CNTK 2.7 does not have either."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Untested code branch: {name}")


def ForwardDeclaration(name: str = "forward_declaration"):
    """Return a placeholder whose ``resolve_to`` closes a loop.

    Args:
        name: name of the placeholder.

    >>> later = C.layers.ForwardDeclaration()
    >>> later.is_placeholder
    True
    """
    placeholder = ops.placeholder(name=name)

    def resolve_to(what) -> None:
        what.replace_placeholders({placeholder: what.output})

    placeholder.resolve_to = resolve_to  # type: ignore[attr-defined]
    return placeholder
