"""Model files: an operator is read as it was written."""

from __future__ import annotations

from cntk.graph.files.write import model_dictionary
from cntk.graph.function import Function
from cntk.graph.traverse import nodes_in_order
from cntk.operators.declare import Operator
from cntk.storage import dictionary_bytes
from cntk.testing.calls import Call, as_arrays
from cntk.testing.mismatch import Mismatch, assert_close


def check_file(operator: Operator, number: int) -> None:
    """Write a network with the operator, in memory, and read it.

    Raises:
        Mismatch: the network that is read has other operations or attributes, or gives other
            values.
    """
    expected = Call(operator, number).results()
    call = Call(operator, number)
    loaded = Function.load(dictionary_bytes(model_dictionary(call.function)))
    ours, theirs = _nodes(loaded), _nodes(call.function)
    if ours != theirs:
        raise Mismatch(
            "the network that is read is another one", *call.describe(),
            f"read     {ours}", f"written  {theirs}",
        )  # fmt: skip
    by_name = {variable.name: variable for variable in loaded.arguments}
    feed = {by_name[v.name]: data for v, data in call.feed().items() if v.name in by_name}
    for found, value in zip(as_arrays(loaded, loaded.eval(feed)), expected):
        assert_close(found, value, 0, "the value after reading", *call.describe())


def _nodes(function: Function) -> list[tuple]:
    """Return (operation, attributes) of all nodes, in order."""
    return [(n.op_name, dict(n.attributes)) for n in nodes_in_order(function.outputs)]
