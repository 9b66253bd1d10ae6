"""Sizes may be results of a run: how many frames a condition takes, how long a sequence goes on.

One plan serves all of them. What has a size of its own - the rows of a new axis, a static axis made
of rows - gets its memory when the size is known. A size that does not fit is refused, and the run
changes nothing.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Convolution2D, Dense

from .ragged import assert_close, evaluated_afresh, gradients_afresh, sequences

pytestmark = pytest.mark.usefixtures("kernels")
LENGTHS = [(5, 3), (1, 2, 7), (4,), (6, 6, 1, 2), (5, 3)]


def conditions(lengths):
    """Return, for each sequence, which frames are taken: the first one always is."""
    random = np.random.default_rng(list(lengths))
    found = [(random.random((n, 1)) < 0.5).astype("f") for n in lengths]
    for frames in found:
        frames[0] = 1
    return found


@pytest.fixture
def s():
    return C.sequence.input_variable(2, needs_gradient=True, name="s")


@pytest.fixture
def c():
    return C.sequence.input_variable(1, name="c")


class TestGatheredFrames:
    def test_values(self, s, c, plans):
        f = C.sequence.gather(C.tanh(s) * 2, c) + 1
        for lengths in LENGTHS:
            data, taken = sequences(lengths, 2), conditions(lengths)
            expected = [np.tanh(x)[t[:, 0] > 0] * 2 + 1 for x, t in zip(data, taken)]
            assert_close(f.eval({s: data, c: taken}), expected)
        assert len(plans) == 1

    def test_gradients(self, s, c):
        f = C.reduce_sum(C.square(C.sequence.gather(s, c)))
        for lengths in LENGTHS:
            data, taken = sequences(lengths, 2), conditions(lengths)
            assert_close(f.grad({s: data, c: taken}, [s]), [2 * x * t for x, t in zip(data, taken)])

    def test_gathered_again(self, s, c):
        """Each axis made in the run is where the next one begins."""
        first = C.sequence.gather(s, c)
        second = C.sequence.gather(first * 2, C.greater(C.reduce_sum(first, axis=0), 0))
        lengths = (6, 7)
        data, taken = sequences(lengths, 2), conditions(lengths)
        for x, t in zip(data, taken):
            x[0] = 1
            assert t[0] == 1
        once = [x[t[:, 0] > 0] for x, t in zip(data, taken)]
        expected = [2 * x[x.sum(1) > 0] for x in once]
        assert_close(second.eval({s: data, c: taken}), expected)

    def test_scattered_back(self, s, c):
        f = C.sequence.scatter(C.sequence.gather(s, c) * 3, c)
        lengths = (5, 3)
        data, taken = sequences(lengths, 2), conditions(lengths)
        expected = [3 * x * t for x, t in zip(data, taken)]
        assert_close(f.eval({s: data, c: taken}), expected)

    def test_a_network_on_both_sides(self, s, c):
        """Layers before the size is known, and after it, with memory of their own each."""
        init = C.glorot_uniform
        hidden = Dense(8, activation=C.tanh, init=init(seed=1))(s)
        some = Dense(4, activation=C.tanh, init=init(seed=2))(C.sequence.gather(hidden, c))
        f = C.reduce_sum(C.square(Dense(2, init=init(seed=3))(some)))
        batches = [{s: sequences(lengths, 2), c: conditions(lengths)} for lengths in LENGTHS]
        wanted = list(f.parameters)
        found = [(f.eval(data), f.grad(data, wanted)) for data in batches]
        for (values, gradients), data in zip(found, batches):
            assert_close(values, evaluated_afresh(f, data))
            expected = gradients_afresh(f, data, wanted)
            assert_close([gradients[p] for p in wanted], expected, 1e-4)

    def test_none_taken_is_refused_and_changes_nothing(self, s, c):
        count = C.constant(0)
        f = C.combine([C.assign(count, count + 1), C.sequence.gather(s, c)])
        with pytest.raises(RuntimeError, match="least one frame long"):
            f.eval({s: sequences((2, 2), 2), c: [np.ones((2, 1), "f"), np.zeros((2, 1), "f")]})
        assert count.value == 0


class TestRowsAsAStaticAxis:
    def test_unpacked_and_convolved(self, plans):
        """Three frames become three channels; the number of frames is known in the run alone."""
        s = C.sequence.input_variable((6, 6), name="s")
        frames = C.sequence.unpack(s, 0, no_mask_output=True)
        image = C.reshape(frames, (3, 6, 6))
        f = Convolution2D((3, 3), 2, pad=True, init=C.glorot_uniform(seed=1))(image)
        x = C.input_variable((3, 6, 6), name="x")
        same = f.clone("share", {image.output: x})
        for count in (1, 4, 2):
            data = sequences([3] * count, 6, 6)
            assert_close(f.eval({s: data}), same.eval({x: np.stack(data)}))

    def test_a_size_that_does_not_fit_is_refused(self):
        s = C.sequence.input_variable((4, 4), name="s")
        f = C.reshape(C.sequence.unpack(s, 0, no_mask_output=True), (3, 4, 4))
        count = C.constant(0)
        both = C.combine([C.assign(count, count + 1), f])
        with pytest.raises(ValueError, match="2 x 4 x 4.*3 x 4 x 4"):
            both.eval({s: sequences((2,), 4, 4)})
        assert count.value == 0
        assert f.eval({s: sequences((3,), 4, 4)}).shape == (1, 3, 4, 4)

    def test_a_product_that_does_not_fit_is_refused(self):
        x = C.input_variable((C.FreeDimension, 2), name="x")
        y = C.input_variable((3, 2), name="y")
        f = C.times_transpose(C.transpose(x, (1, 0)), C.transpose(y, (1, 0)))
        good, bad = np.ones((1, 3, 2), "f"), np.ones((1, 4, 2), "f")
        assert f.eval({x: good, y: good}).shape == (1, 2, 2)
        with pytest.raises(ValueError):
            f.eval({x: bad, y: good})
        assert f.eval({x: good, y: good}).shape == (1, 2, 2)

    def test_the_minibatch_turned(self, plans):
        x = C.input_variable(2, name="x")
        f = C.transpose(C.unpack_batch(C.exp(x)), (1, 0))
        back = C.to_batch(C.transpose(f, (1, 0)) * 2)
        for count in (3, 1, 5):
            data = np.concatenate(sequences((count,), 2))
            np.testing.assert_allclose(f.eval({x: data}), np.exp(data).T, rtol=1e-5)
            np.testing.assert_allclose(back.eval({x: data}), 2 * np.exp(data), rtol=1e-5)
        assert len(plans) == 2

    def test_padded_and_packed_again(self, s):
        frames, mask = C.sequence.unpack(s, 0).outputs
        f = C.to_sequence(frames * 2, C.reduce_sum(mask))
        for lengths in LENGTHS:
            data = sequences(lengths, 2)
            assert_close(f.eval({s: data}), [2 * part for part in data])

    def test_lengths_that_are_fed(self, plans):
        x = C.input_variable((C.FreeDimension, 2), name="x")
        n = C.input_variable((), name="n")
        f = C.to_sequence(x, n) + 1
        data = np.arange(20, dtype="f").reshape(2, 5, 2)
        for lengths in ((5, 1), (2, 3), (4, 4)):
            expected = [part[:k] + 1 for part, k in zip(data, lengths)]
            assert_close(f.eval({x: data, n: np.array(lengths, "f")}), expected)
        assert len(plans) == 1


def test_a_sequence_that_ends_when_it_says_so():
    """Its length is what the recurrence has computed."""
    from cntk.layers import UnfoldFrom

    start = C.input_variable(1, name="start")
    like = C.sequence.input_variable(1, name="like")
    unfold = UnfoldFrom(lambda x: x + 1, until_predicate=lambda x: C.greater_equal(x, 4))
    f = unfold(start, like)
    data = {start: np.array([[0], [2.5]], "f"), like: [np.zeros((6, 1), "f")] * 2}
    found = [part.ravel().tolist() for part in f.eval(data)]
    assert found == [[1, 2, 3, 4], [3.5, 4.5]]
