"""Names of weights: the path of blocks around them, as the script that built the network says."""

from __future__ import annotations

import numpy as np

from cntk.graph.build import as_function
from cntk.graph.function import Function
from cntk.graph.nodes import Block
from cntk.graph.traverse import nodes_in_order
from cntk.variables import Constant, Parameter, Variable

_RUNNING = {"BatchNormalization": slice(3, None)}  # op -> operands that training changes


def named(function: Function) -> dict[str, Parameter | Constant]:
    """Return the parameters of a network, and its constants that are weights, by name.

    A name is the names of the blocks around a weight and its own, as in ``hidden.W``; of a block
    without a name it is that of its operation, as in ``LSTM.W``. What comes again at its level gets
    a number: ``Dense.W``, ``Dense_1.W``. Operands come before what uses them. The same script gives
    the same names, whatever else was built before. Constants with a name are weights, such as the
    frozen parameters of a clone, and so are the running statistics of batch normalization.

    Args:
        function: the network.

    >>> x = C.input_variable(2)
    >>> z = C.layers.Sequential([C.layers.Dense(3), C.layers.Dense(1, name="out")])(x)
    >>> [(name, weight.shape) for name, weight in C.weights.named(z).items()]
    [('Dense.W', (2, 3)), ('Dense.b', (3,)), ('out.W', (3, 1)), ('out.b', (1,))]
    """
    return _Level(set()).named(as_function(function))


def arrays(function: Function) -> dict[str, np.ndarray]:
    """Return the weights of a network by name, read-only, to be used before they change.

    They are no copies, but where a kernel keeps a weight in another order of memory.

    Args:
        function: the network.

    Raises:
        ValueError: a size of a parameter is not known yet.

    >>> C.weights.arrays(C.parameter((2,), init=3, name="w") * 2)["w"]
    array([3., 3.], dtype=float32)
    """
    found = {}
    for name, weight in named(function).items():
        view = weight.cell.as_plain(weight.shape, weight._dtype).view()
        view.flags.writeable = False
        found[name] = view
    return found


class _Level:
    """The weights of one network or block, and those of blocks inside it."""

    def __init__(self, seen: set[int]) -> None:
        self._seen = seen
        self._taken: dict[str, int] = {}

    def named(self, function: Function) -> dict[str, Parameter | Constant]:
        found: dict[str, Parameter | Constant] = {}
        for node in nodes_in_order(function.outputs):
            if isinstance(node, Block):
                inside = _Level(self._seen).named(node.body)
                label = self._label(node.name or node.op_name) if inside else ""
                found.update((f"{label}.{name}", weight) for name, weight in inside.items())
            else:
                found.update(self._of(node.operands, node.op_name))
        for output in function.outputs:
            found.update(self._of([output], ""))
        return found

    def _of(self, operands: list[Variable], op_name: str) -> dict[str, Parameter | Constant]:
        running = operands[_RUNNING.get(op_name, slice(0, 0))]
        found: dict[str, Parameter | Constant] = {}
        for operand in operands:
            if not isinstance(operand, (Parameter, Constant)) or id(operand) in self._seen:
                continue
            if isinstance(operand, Parameter) or operand.name or operand in running:
                self._seen.add(id(operand))
                found[self._label(operand.name or type(operand).__name__)] = operand
        return found

    def _label(self, name: str) -> str:
        """Return a name that nothing else has at this level."""
        label = name
        while label in self._taken:
            self._taken[name] += 1
            label = f"{name}_{self._taken[name]}"
        self._taken[label] = 0
        return label
