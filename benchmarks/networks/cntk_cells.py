"""The tagger with an LSTM cell that a user has written, in plain expressions."""

from cntk_training import tagger

import cntk as C
from cntk.layers import Recurrence

WIDTH = 300


def cell_of_one_product():
    """All gates' weights in one matrix, its product cut into parts."""
    w = C.parameter((C.InferredDimension, 4 * WIDTH), init=C.glorot_uniform())
    u = C.parameter((WIDTH, 4 * WIDTH), init=C.glorot_uniform())
    b = C.parameter(4 * WIDTH, init=0)

    @C.Function
    def cell(h, c, x):
        z = C.times(x, w) + C.times(h, u) + b
        i, f, o, g = (C.slice(z, 0, n * WIDTH, (n + 1) * WIDTH) for n in range(4))
        c = C.sigmoid(f) * c + C.sigmoid(i) * C.tanh(g)
        return (C.sigmoid(o) * C.tanh(c), c)

    return cell


def cell_of_gates():
    """Each gate with weights of its own."""
    weights = [
        (
            C.parameter((C.InferredDimension, WIDTH), init=C.glorot_uniform()),
            C.parameter((WIDTH, WIDTH), init=C.glorot_uniform()),
            C.parameter(WIDTH, init=0),
        )
        for _ in range(4)
    ]

    @C.Function
    def cell(h, c, x):
        i, f, o, g = (C.times(x, w) + C.times(h, u) + b for w, u, b in weights)
        c = C.sigmoid(f) * c + C.sigmoid(i) * C.tanh(g)
        return (C.sigmoid(o) * C.tanh(c), c)

    return cell


CELLS = {
    "cell": lambda: tagger(Recurrence(cell_of_one_product())),
    "cell_of_gates": lambda: tagger(Recurrence(cell_of_gates())),
}
