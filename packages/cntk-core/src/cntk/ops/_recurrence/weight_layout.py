"""Where the weights of a recurrent stack lie in its one array: the layout of cuDNN.

First come the matrices, layer by layer, and in a layer direction by direction: all of the input,
then all of the state. The biases follow in the same order. Gates lie one after the other, each with
a row per element of the state.
"""

from __future__ import annotations

from typing import Any, NamedTuple

# recurrent operation -> number of gates
GATES = {"lstm": 4, "gru": 3, "rnnReLU": 1, "rnnTanh": 1}


class Place(NamedTuple):
    """A matrix or vector in the flat weights: ``weights[begin:end]`` in its shape."""

    begin: int
    end: int
    shape: tuple[int, ...]


class Weights(NamedTuple):
    """What one direction of a layer has: places, or what was found there.

    ``from_input`` has the shape (gates * hidden, input), ``from_state`` (gates * hidden, hidden),
    and the biases have one number per row.
    """

    from_input: Any
    from_state: Any
    input_bias: Any
    state_bias: Any


class Stack(NamedTuple):
    """The sizes of a stack."""

    input_size: int
    hidden_size: int
    num_layers: int
    bidirectional: bool
    recurrent_op: str

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 1 + self.bidirectional

    @property
    def rows(self) -> int:
        """Rows of a direction's matrices."""
        return GATES[self.recurrent_op] * self.hidden_size

    @property
    def element_count(self) -> int:
        """Number of weights; the time that this takes does not depend on the number of layers."""
        between = self.hidden_size * self.directions
        columns = self.input_size + (self.num_layers - 1) * between
        per_layer = self.hidden_size + 2
        return self.directions * self.rows * (columns + self.num_layers * per_layer)

    def places(self) -> list[list[Weights]]:
        """Return the places of each direction of each layer."""
        sizes = [self.input_size, *[self.hidden_size * self.directions] * (self.num_layers - 1)]
        shapes = [
            ((self.rows, size), (self.rows, self.hidden_size))
            for size in sizes
            for _ in range(self.directions)
        ]
        matrices, begin = _placed(shapes, 0)
        biases, _ = _placed([((self.rows,), (self.rows,))] * len(shapes), begin)
        found = [Weights(*pair, *others) for pair, others in zip(matrices, biases)]
        return [found[i : i + self.directions] for i in range(0, len(found), self.directions)]


def _placed(shapes: list, begin: int) -> tuple[list[list[Place]], int]:
    """Return a place for each shape, one after the other, and where the last one ends."""
    found = []
    for group in shapes:
        places = []
        for shape in group:
            end = begin + shape[0] * (shape[1] if len(shape) == 2 else 1)
            places.append(Place(begin, end, shape))
            begin = end
        found.append(places)
    return found, begin
