"""Networks of every kind that files hold, each with data: operators, layers, and whole graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

import cntk as C
from cntk.testing.calls import Call
from cntk.testing.operators import public_operators

from ..golden.layers import Layer
from ..golden.networks import described


@dataclass(frozen=True)
class Network:
    """A network and what it is fed; ``make`` returns (Function, {variable: data})."""

    name: str
    make: Callable[[], tuple]

    def __str__(self) -> str:
        return self.name


def all_networks() -> list[Network]:
    """Return one network for each operator sample and layer, and the graphs below."""
    graphs = [Network(f"graph_{g.__name__}", g) for g in GRAPHS]
    return [*_operators(), *_layers(), *graphs]


def _operators() -> Iterator[Network]:
    for operator in public_operators():
        count = len(operator.all_samples(lambda *shape: np.zeros(shape)))
        for number in range(count):
            name = f"{operator.name}_{number}"
            yield Network(name, lambda o=operator, n=number: _called(o, n))


def _called(operator, number: int) -> tuple:
    call = Call(operator, number, dtype=np.float32)
    for given in call.operands:  # the original refuses ranking losses of inputs with gradients
        if given.variable.is_input and operator.name in ("lambda_rank", "ndcg_at_1"):
            given.variable._needs_gradient = given.name == "output"
    return call.function, call.feed()


def _layers() -> Iterator[Network]:
    for case in described("layers")["cases"]:
        if "error" not in case:
            name = "layer_" + case["id"].replace("/", "_")
            yield Network(name, lambda c=case: _layer(c))


def _layer(case: dict) -> tuple:
    layer = Layer(case)
    return layer.function, layer.data


def _rows(*shape: int) -> np.ndarray:
    return np.random.default_rng(shape).uniform(-1, 1, shape).astype(np.float32)


def _sequences(*shape: int) -> list[np.ndarray]:
    return [_rows(length, *shape) for length in (2, 1, 3)]


def _parameter(*shape: int) -> C.Parameter:
    return C.parameter(init=_rows(*shape))


def shared_parameters() -> tuple:
    """One weight in two places, and its transpose in a third."""
    x, w = C.input_variable(4), _parameter(4, 4)
    hidden = C.tanh(C.times(C.tanh(C.times(x, w)), w))
    return C.times_transpose(hidden, w), {x: _rows(3, 4)}


def blocks_in_blocks() -> tuple:
    """Blocks of the user around blocks of the library."""
    x, hole, wider = C.input_variable(3), C.placeholder(), C.placeholder()
    inner = C.as_block(C.elu(hole, 0.5), [(hole, wider)], "Inner", "inner")
    outer = C.as_block(C.softmax(inner, axis=0) + wider, [(wider, x)], "Outer", "outer")
    return C.softplus(outer), {x: _rows(2, 3)}


def several_outputs() -> tuple:
    """Outputs of one function and of many, one of them twice, one of them a leaf's."""
    x = C.input_variable(5, name="x")
    top = C.top_k(x, 2)
    return C.combine([*top.outputs, x * 2, C.alias(x, "again"), top.outputs[0]]), {x: _rows(3, 5)}


def free_dimensions() -> tuple:
    """Sizes that only the data tell."""
    x = C.input_variable((2, C.FreeDimension, 3), name="x")
    return C.reduce_sum(C.times(x, _parameter(3, 4)), axis=1), {x: _rows(2, 2, 5, 3)}


def a_recurrence_with_two_states() -> tuple:
    """Placeholders that close over two delays, one of them of a delay."""
    x, state = C.sequence.input_variable(3), C.placeholder(3)
    before = C.sequence.past_value(state, 0.5)
    twice = C.sequence.past_value(before, _parameter(3))
    new = C.tanh(x + before * 0.5 - twice * _parameter(3))
    new.replace_placeholders({state: new.output})
    return new, {x: _sequences(3)}


def both_directions() -> tuple:
    """Two recurrences, one from the end on, spliced, of which the last step is taken."""
    x = C.sequence.input_variable(3)
    layers = C.layers
    forward, backward = layers.LSTM(2), layers.GRU(2)
    both = (layers.Recurrence(forward), layers.Recurrence(backward, go_backwards=True))
    network = layers.Sequential([both, C.splice, C.sequence.last, layers.Dense(2)])
    return network(x), {x: _sequences(3)}


def sparse_words() -> tuple:
    """Sparse sequences through an embedding."""
    from scipy.sparse import csr_matrix

    x = C.sequence.input_variable(6, is_sparse=True, name="words")
    network = C.layers.Sequential([C.layers.Embedding(3), C.layers.Fold(C.layers.GRU(2))])
    words = [np.eye(6, dtype=np.float32)[row] for row in ([0, 4], [2], [5, 5, 1])]
    return network(x), {x: [csr_matrix(sequence) for sequence in words]}


def sequences_of_two_lengths() -> tuple:
    """Attention: a sequence axis of its own for each of two inputs."""
    source, target = C.Axis("source"), C.Axis("target")
    x = C.sequence.input_variable(3, sequence_axis=source, name="x")
    y = C.sequence.input_variable(3, sequence_axis=target, name="y")
    first = C.sequence.broadcast_as(C.sequence.first(x), y)
    return C.times(first * y, _parameter(3, 2)), {x: _sequences(3), y: _sequences(3)[::-1]}


def losses_of_a_classifier() -> tuple:
    """Model, loss and metric as a training script combines them."""
    x, y = C.input_variable(4, name="x"), C.input_variable(3, name="y")
    z = C.layers.Sequential([C.layers.Dense(5, C.relu), C.layers.Dense(3)])(x)
    criterion = [C.cross_entropy_with_softmax(z, y), C.classification_error(z, y, topN=2)]
    return C.combine([z, *criterion]), {
        x: _rows(4, 4),
        y: np.eye(3, dtype=np.float32)[[0, 1, 2, 1]],
    }


def double_precision() -> tuple:
    """All of float64."""
    x = C.input_variable(3, np.float64)
    with C.default_options(dtype=np.float64):
        network = C.layers.Sequential([C.layers.Dense(4, C.sigmoid), C.layers.LayerNormalization()])
        return C.clip(network(x), -0.5, 0.5), {x: _rows(2, 3).astype(np.float64)}


def types_that_change() -> tuple:
    """A cast to float64 and back."""
    x = C.input_variable(3)
    wide = C.cast(x, np.float64) * C.constant(np.array([0.1, 0.2, 0.3]))
    return C.cast(wide, np.float32), {x: _rows(2, 3)}


def blocks_of_stored_operands() -> tuple:
    """Blocks that a constant, a parameter and a frozen part went into."""
    x, layer = C.input_variable(3, name="x"), C.layers.Dense(3, C.tanh, name="layer")
    inside = layer(C.constant(_rows(3), name="c")) + layer(_parameter(3))
    frozen = C.layers.Dense(2)(x).clone("freeze", {x: layer(x)})
    return C.splice(inside * x, frozen), {x: _rows(2, 3)}


def names_of_all_alphabets() -> tuple:
    """Names that are no identifiers."""
    x = C.input_variable(2, name="вход")
    return C.plus(x, C.constant(_rows(2), name="定数"), name="sum of 'two' \\ \n"), {x: _rows(2, 2)}


def a_user_function() -> tuple:
    """An operator in Python, with a state."""
    x = C.input_variable((2, 3))
    return C.user_function(Scale([x + 1], 3.0, name="scaled")) * 2, {x: _rows(2, 2, 3)}


class Scale(C.ops.functions.UserFunction):
    """Its input times a factor."""

    op_name = "networks.Scale"

    def __init__(self, inputs, factor, name=""):
        super().__init__(inputs, name=name)
        self.factor = factor

    def forward(self, argument, device=None, outputs_to_retain=None):
        return None, argument * np.float32(self.factor)

    def infer_outputs(self):
        x = self.inputs[0]
        return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]

    def serialize(self):
        return {"factor": self.factor}


GRAPHS = [
    shared_parameters, blocks_in_blocks, several_outputs, free_dimensions,
    a_recurrence_with_two_states, both_directions, sparse_words, sequences_of_two_lengths,
    losses_of_a_classifier, double_precision, types_that_change,
    blocks_of_stored_operands, names_of_all_alphabets, a_user_function,
]  # fmt: skip
