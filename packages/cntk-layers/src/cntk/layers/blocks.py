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
from cntk.variables import Variable

__getattr__ = attribute_getter(__name__)


class UntestedBranchError(NotImplementedError):
    """A combination of options that CNTK 2.7 does not have either."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Untested code branch: {name}")


def ForwardDeclaration(name: str = "forward_declaration"):
    """Return a placeholder whose ``resolve_to`` closes a loop.

    ``resolve_to`` takes the Function that uses the placeholder, and puts its output there.

    Args:
        name: name of the placeholder.

    Raises:
        RuntimeError: ``resolve_to`` is given an input, which cannot be part of a loop.

    >>> x, later = C.sequence.input_variable(1), C.layers.ForwardDeclaration()
    >>> total = C.sequence.past_value(later) + x
    >>> later.resolve_to(total)
    >>> total.eval([np.array([[1], [2], [3]], 'f')])[0].ravel()
    array([1., 3., 6.], dtype=float32)
    """
    placeholder = ops.placeholder(name=name)

    def resolve_to(what) -> None:
        if isinstance(what, Variable):
            what = ops.as_composite(what.owner)  # only a value that is computed has one
        what.replace_placeholders({placeholder: what.output})

    placeholder.resolve_to = resolve_to  # type: ignore[attr-defined]
    return placeholder
