"""What a loop reads is not spread over its steps, and what is random in it is drawn per step.

An attention reads a whole encoded sequence at each step of a decoder. Repeated for all steps it
would take as much memory as encoder times decoder times width; the loop reads it where it is, and
adds up its gradient. What depends only on repeated rows is computed once per sequence.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import cntk as C

from .ragged import assert_close, sequences

pytestmark = pytest.mark.usefixtures("kernels")


def attention(width, dtype=np.float32, project_late=False):
    """Return (encoder input, decoder input, parameters, states of a decoder with attention)."""
    e = C.sequence.input_variable(width, dtype, True, sequence_axis=C.Axis("enc"), name="e")
    d = C.sequence.input_variable(width, dtype, True, sequence_axis=C.Axis("dec"), name="d")
    w = C.parameter((width, width), init=C.glorot_uniform(seed=1), dtype=dtype)
    v = C.parameter((width, width), init=C.glorot_uniform(seed=2), dtype=dtype)
    memory, mask = C.sequence.unpack(e, 0).outputs
    if not project_late:
        memory = C.times(memory, v)
    memory, mask = (C.sequence.broadcast_as(x, d) for x in (memory, mask))
    if project_late:
        memory = C.times(memory, v)
    p = C.placeholder(width)
    query = C.times(C.sequence.past_value(p), w)
    score = C.reduce_sum(memory * query, axis=1)
    score = C.element_select(C.reshape(mask, (C.FreeDimension, 1)), score, -1e30)
    read = C.reduce_sum(memory * C.softmax(score, axis=0), axis=0)
    h = C.tanh(C.reshape(read, (width,)) + d + query)
    return e, d, [w, v], h.replace_placeholders({p: h.output})


def peak(run) -> int:
    """Return the bytes that a second run takes at most."""
    run()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("project_late", [False, True], ids=["projected before", "after"])
class TestAttention:
    def test_memory(self, project_late):
        batch, encoder, decoder, width = 3, 40, 80, 32
        e, d, parameters, h = attention(width, project_late=project_late)
        data = {e: sequences([encoder] * batch, width), d: sequences([decoder] * batch, width)}
        spread = batch * encoder * decoder * width * 4
        loss = C.reduce_sum(h)
        assert peak(lambda: h.eval(data)) < spread / 4
        assert peak(lambda: loss.grad(data, [*parameters, e, d])) < spread / 2

    def test_values_and_gradients(self, project_late):
        """Derivatives are those of finite differences, in float64; sequences are ragged."""
        e, d, parameters, h = attention(3, np.float64, project_late)
        encoder, decoder = (
            [part.astype("d") for part in sequences(lengths, 3)]
            for lengths in ((2, 5, 3), (4, 1, 6))
        )
        data = {e: encoder, d: decoder}
        assert_close(h.eval(data), self.by_hand(encoder, decoder, *parameters), 1e-9)
        loss = C.reduce_sum(C.square(h))
        found = loss.grad(data, [*parameters, e])
        random = np.random.default_rng(5)

        def change(along: float, arrays, steps):
            return [array + along * step for array, step in zip(arrays, steps)]

        def total(along, steps):
            for parameter, value in zip(parameters, change(along, values, steps[:2])):
                parameter.value = value
            return sum(
                x.sum() for x in loss.eval({e: change(along, encoder, steps[2:]), d: decoder})
            )

        values = [p.value for p in parameters]
        for _ in range(3):
            steps = [random.standard_normal(x.shape) for x in (*values, *encoder)]
            gradients = [*(found[p] for p in parameters), *found[e]]
            expected = sum((g * step).sum() for g, step in zip(gradients, steps))
            slope = (total(1e-5, steps) - total(-1e-5, steps)) / 2e-5
            np.testing.assert_allclose(slope, expected, rtol=1e-6)

    @staticmethod
    def by_hand(encoder, decoder, w, v):
        found = []
        for memory, frames in zip((part @ v.value for part in encoder), decoder):
            h, states = np.zeros(3), []
            for frame in frames:
                query = h @ w.value
                weights = np.exp(memory @ query)
                h = np.tanh(weights @ memory / weights.sum() + frame + query)
                states.append(h)
            found.append(np.array(states))
        return found


def test_what_depends_on_repeated_rows_alone_is_computed_once_per_sequence():
    x = C.input_variable(64, name="x")
    s = C.sequence.input_variable(1, name="s")
    w = C.parameter((64, 64), init=C.glorot_uniform(seed=1))
    y = C.tanh(C.times(C.sequence.broadcast_as(x, s), w))
    f = C.reduce_sum(y, axis=0) + s
    data = {x: np.random.default_rng(1).standard_normal((2, 64)).astype("f"),
            s: sequences((500, 300), 1)}  # fmt: skip
    expected = np.tanh(data[x] @ w.value).sum(1)
    assert_close(f.eval(data), [part + n for part, n in zip(data[s], expected)], 1e-4)
    assert peak(lambda: f.eval(data)) < 800 * 64 * 4 / 2


class TestDropout:
    """A mask in a loop is drawn for each step, for each sequence, for each run."""

    ONES = [np.ones((n, 50), "f") for n in (4, 2)]

    @pytest.fixture
    def masks(self):
        s = C.sequence.input_variable(50, needs_gradient=True)
        p = C.placeholder(50)
        h = C.dropout(s + 0 * C.sequence.past_value(p), 0.5, seed=1)
        return s, h.replace_placeholders({p: h.output})

    def forward(self, s, h):
        return h.forward({s: self.ONES}, [h.output], {h.output})

    def test_each_step_and_sequence_has_its_own(self, masks):
        _, values = self.forward(*masks)
        frames = np.concatenate(values[masks[1].output])
        assert set(np.unique(frames)) == {0, 2}
        assert len({frame.tobytes() for frame in frames}) == len(frames)

    def test_each_run_has_its_own(self, masks):
        first, second = (self.forward(*masks)[1][masks[1].output] for _ in range(2))
        assert any((one != other).any() for one, other in zip(first, second))

    def test_the_gradient_goes_through_the_same_mask(self, masks):
        s, h = masks
        state, values = self.forward(s, h)
        found = h.backward(state, {h.output: self.ONES}, [s])[s]
        assert_close(found, values[h.output], 0)

    def test_evaluation_drops_nothing(self, masks):
        s, h = masks
        assert_close(h.eval({s: self.ONES}), self.ONES, 0)

    def test_repeated_rows_are_dropped_frame_by_frame(self):
        x = C.input_variable(50, needs_gradient=True)
        s = C.sequence.input_variable(50)
        f = C.dropout(C.sequence.broadcast_as(x, s), 0.5, seed=1)
        data = {x: np.ones((2, 50), "f"), s: self.ONES}
        _, values = f.forward(data, [f.output], {f.output})
        frames = np.concatenate(values[f.output])
        assert len({frame.tobytes() for frame in frames}) == len(frames)


def test_batch_normalization_in_a_loop_is_refused():
    s = C.sequence.input_variable(2)
    p = C.placeholder(2)
    h = C.layers.BatchNormalization()(s + C.sequence.past_value(p))
    h = h.replace_placeholders({p: h.output})
    with pytest.raises(RuntimeError, match="BatchNormalization inside a recurrence"):
        C.reduce_sum(h).grad({s: sequences((2,), 2)}, list(h.parameters))
