"""Sequences that go on in the next minibatch: what delays find of their earlier frames."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import cntk as C
from cntk.continuation import Continuations, Kept, Passage
from cntk.layout import Layout

GO_ON = [False]


def frames(*rows) -> list[np.ndarray]:
    return [np.array(row, np.float32) for row in rows]


def lists(sequences) -> list[list[float]]:
    return [sequence.tolist() for sequence in sequences]


@pytest.fixture
def s():
    return C.sequence.input_variable(())


def running_sum(x, weight=1.0, initial=0.0):
    """Return total = x + weight * total before."""
    state = C.placeholder(shape=())
    total = x + weight * C.sequence.past_value(state, initial)
    return total.replace_placeholder(total)


def test_a_delay_reads_the_last_frames_of_the_same_slot(s):
    """Numbers of CNTK 2.7."""
    before = C.sequence.past_value(s)
    before.eval({s: frames([1, 2, 3], [10, 20])})  # no markers: all begin, and may go on
    found = before.eval({s: (frames([4, 5], [30, 40, 50]), [True, False])})
    assert lists(found)[0] == [0, 4]
    assert lists(before.eval({s: (frames([4, 5], [60]), [False, False])})) == [[5, 4], [50]]


def test_a_sequence_shorter_than_others_goes_on_from_its_own_last_frame(s):
    before = C.sequence.past_value(s)
    before.eval({s: frames([1, 2], [10, 20, 30, 40])})
    found = before.eval({s: (frames([3, 4, 5], [50]), [False, False])})
    assert lists(found) == [[2, 3, 4], [40]]


@pytest.mark.parametrize(
    ("delay", "found"), [(1, [[3, 4], [5]]), (2, [[2, 3], [4]]), (3, [[1, 2], [3]])]
)
def test_a_delay_of_several_frames_reads_across_short_parts(s, delay, found):
    before = C.sequence.past_value(s, initial_state=-1, time_step=delay)
    for part in ([1], [2, 3]):
        before.eval({s: (frames(part), [part == [1]])})
    assert lists(before.eval({s: (frames([4, 5]), GO_ON)})) == found[:1]
    assert lists(before.eval({s: (frames([6]), GO_ON)})) == found[1:]


def test_an_initial_state_reaches_into_the_next_part(s):
    before = C.sequence.past_value(s, initial_state=-1, time_step=3)
    before.eval({s: frames([1])})
    assert lists(before.eval({s: (frames([2, 3, 4]), GO_ON)})) == [[-1, -1, 1]]


def test_an_initial_state_of_each_sequence_serves_those_that_begin(s):
    start = C.input_variable(())
    before = C.sequence.past_value(s, initial_state=start)
    starts = np.array([-1, -2], np.float32)
    before.eval({s: frames([1, 2, 3], [4, 5]), start: starts})
    found = before.eval({s: (frames([1, 2], [6, 7]), [False, True]), start: starts})
    assert lists(found) == [[3, 1], [-2, 6]]


def test_a_sequence_as_initial_state_goes_with_whole_sequences(s):
    start = C.sequence.input_variable(())
    before = C.sequence.past_value(s, initial_state=start)
    parts = {s: frames([1, 2, 3]), start: frames([7, 8, 9])}
    assert lists(before.eval(parts)) == [[9, 1, 2]]
    with pytest.raises(RuntimeError, match="a sequence as initial state needs all frames"):
        before.eval((parts, GO_ON))


def test_delays_of_delays(s):
    """Numbers of CNTK 2.7."""
    inner = C.sequence.past_value(s, initial_state=-1)
    outer = C.sequence.past_value(inner, initial_state=-2)
    found = [outer.eval({s: (frames(part), [part[0] == 1])}) for part in ([1, 2, 3], [4, 5], [6])]
    assert [lists(each) for each in found] == [[[-2, -1, 1]], [[2, 3]], [[4]]]


def test_marks_and_values_of_later_frames(s):
    """Numbers of CNTK 2.7."""
    begins, ends = C.sequence.is_first(s), C.sequence.is_last(s)
    later = C.sequence.future_value(s, initial_state=-1)
    for function in (begins, ends, later):
        function.eval({s: frames([1, 2, 3])})
    part = (frames([4, 5, 6]), GO_ON)
    assert lists(begins.eval({s: part})) == [[0, 0, 0]]
    assert lists(ends.eval({s: part})) == [[0, 0, 1]]
    assert lists(later.eval({s: part})) == [[5, 6, -1]]


@pytest.mark.parametrize("form", ["tuple", "all at once", "value"])
def test_ways_to_feed_parts(s, form):
    before = C.sequence.past_value(s)
    before.eval({s: frames([1, 2])})
    part = frames([3, 4])
    fed = {
        "tuple": {s: (part, GO_ON)},
        "all at once": ({s: part}, GO_ON),
        "value": {s: C.Value.create(s, part, GO_ON)},
    }[form]
    assert lists(before.eval(fed)) == [[2, 3]]


def test_markers_may_come_with_one_of_the_arguments(s):
    other = C.sequence.input_variable(())
    sums = C.sequence.past_value(s) + other
    sums.eval({s: frames([1, 2, 3]), other: frames([0, 0, 0])})
    found = sums.eval({s: (frames([4, 5]), GO_ON), other: frames([0, 0])})
    assert lists(found) == [[3, 4]]


@pytest.mark.parametrize(
    ("first", "parts", "markers", "slot"),
    [
        (None, [[4]], [False], 0),
        ([[1, 2]], [[4], [5]], [True, False], 1),
        ([[1, 2]], [[4], [5], [6]], [False, False, True], 1),
    ],
)
@pytest.mark.parametrize("build", [C.sequence.past_value, running_sum, C.sequence.is_first])
def test_a_sequence_that_was_not_there_cannot_go_on(s, build, first, parts, markers, slot):
    function = build(s)
    if first:
        function.eval({s: frames(*first)})
    with pytest.raises(RuntimeError, match=f"No matching sequence found .*: slot {slot} ") as error:
        function.eval({s: (frames(*parts), markers)})
    assert "try: begin marker True at the first part" in str(error.value)


def test_slots_may_come_and_go(s):
    before = C.sequence.past_value(s)
    before.eval({s: frames([1, 2])})
    found = before.eval({s: (frames([3], [10, 20]), [False, True])})
    assert lists(found) == [[2], [0, 10]]
    assert lists(before.eval({s: (frames([4]), GO_ON)})) == [[3]]


def test_a_static_shape_stays_the_same_while_a_sequence_goes_on():
    x = C.sequence.input_variable(C.FreeDimension)
    before = C.sequence.past_value(x)
    before.eval({x: [np.ones((2, 3), np.float32)]})
    with pytest.raises(ValueError, match=r"goes on with the static shape '\[2\]'.*had '\[3\]'"):
        before.eval({x: ([np.ones((2, 2), np.float32)], GO_ON)})


def test_each_function_goes_on_by_itself(s):
    """Numbers of CNTK 2.7: two Functions around one node keep frames of their own."""
    before = C.sequence.past_value(s)
    scaled = before * 1.0
    before.eval({s: frames([1, 2, 3])})
    scaled.eval({s: frames([10, 20])})
    assert lists(before.eval({s: (frames([4, 5]), GO_ON)})) == [[3, 4]]
    assert lists(scaled.eval({s: (frames([4, 5]), GO_ON)})) == [[20, 4]]
    copy = before.clone("share")
    with pytest.raises(RuntimeError, match="No matching sequence"):
        copy.eval({copy.arguments[0]: (frames([4, 5]), GO_ON)})


def test_equal_networks_share_plans_but_no_frames(s):
    first, second = running_sum(s), running_sum(s)
    for function, start in ((first, 1), (second, 100)):
        function.eval({s: frames([start])})
    assert lists(first.eval({s: (frames([1]), GO_ON)})) == [[2]]
    assert lists(second.eval({s: (frames([1]), GO_ON)})) == [[101]]


def test_a_delay_that_a_run_does_not_need_keeps_what_it_had(s):
    """Numbers of CNTK 2.7."""
    single, double = C.sequence.past_value(s), C.sequence.past_value(s * 2)
    both = C.combine([single, double])
    both.eval({s: frames([1, 2, 3])})
    assert lists(both.eval({s: (frames([4, 5]), GO_ON)}, outputs=[single.output])) == [[3, 4]]
    found = both.eval({s: (frames([6, 7]), GO_ON)})
    assert lists(found[single.output]) == [[5, 6]]
    assert lists(found[double.output]) == [[6, 12]]


def test_a_run_that_fails_leaves_everything_as_it_was(s):
    before = C.sequence.past_value(s)
    chosen = C.sequence.gather(s, s - 2)
    both = C.combine([before, chosen])
    both.eval({s: frames([3, 4])})
    with pytest.raises(RuntimeError, match="No frame of sequence 0 is chosen"):
        both.eval({s: frames([2, 2])})
    found = both.eval({s: (frames([7, 8]), GO_ON)}, outputs=[before.output])
    assert lists(found) == [[4, 7]]


@pytest.mark.parametrize(
    "build",
    [
        C.sequence.first,
        C.sequence.last,
        C.sequence.reduce_sum,
        C.sequence.reduce_max,
        C.sequence.softmax,
        C.sequence.where,
        lambda s: C.sequence.unpack(s, 0, no_mask_output=True),
        lambda s: C.sequence.slice(s, 0, 2),
        lambda s: C.sequence.gather(s, C.greater(s, 0)),
        lambda s: C.sequence.scatter(s, C.greater(s, 0)),
    ],
)
def test_what_needs_all_frames_refuses_parts(s, build):
    function = build(s)
    function.eval({s: frames([1, 2, 3], [4, 5])})
    with pytest.raises(RuntimeError, match="needs all frames of a sequence; sequence 1 of the 2"):
        function.eval({s: (frames([1, 2, 3], [4, 5]), [True, False])})


def test_gradients_stop_where_a_part_begins(s):
    """Numbers of CNTK 2.7: loss, weight and initial state after each step."""
    weight, initial = C.parameter(init=np.float32(1)), C.parameter(init=np.float32(7))
    loss = C.reduce_sum(C.sequence.past_value(s * weight, initial, 2) * s)
    rate = C.learning_parameter_schedule(0.001, minibatch_size=1)
    trainer = C.Trainer(None, loss, C.sgd([weight, initial], rate))
    found = []
    for markers, part in ([True, True], ([1, 2, 3], [4, 5])), ([False, True], ([1, 2], [3])):
        trainer.train_minibatch({s: (frames(*part), markers)})
        found.append((trainer.previous_minibatch_loss_average, weight.value, initial.value))
    np.testing.assert_allclose(found[0], (17.4, 0.996999979, 6.987999916), rtol=1e-6)
    np.testing.assert_allclose(found[1], (9.654666901, 0.996999979, 6.985000134), rtol=1e-6)


@pytest.mark.parametrize("call", ["grad", "backward"])
def test_gradients_are_those_of_the_state_as_a_constant(call):
    s = C.sequence.input_variable((), dtype=np.float64, needs_gradient=True)
    given = C.input_variable((), dtype=np.float64)
    weight = C.parameter(init=np.array(0.5))
    start = C.parameter(init=np.array(0.3))
    recurrent = C.tanh(running_sum(s, weight, start)) * s
    fed = C.tanh(running_sum(s, weight, given)) * s
    first, second = np.array([0.1, 0.7]), np.array([-0.4, 0.9, 0.2])
    state = 0.5 * (0.5 * 0.3 + 0.1) + 0.7
    wrt = [s, weight]
    expected = fed.grad({s: [second], given: np.array([state])}, wrt)
    data = {s: ([second], GO_ON)}
    recurrent.eval({s: [first]})
    if call == "grad":
        found = recurrent.grad(data, [*wrt, start])
    else:
        kept, _ = recurrent.forward(data, keep_for_backward=[recurrent.output])
        ones = ([np.ones(3)], GO_ON)
        found = recurrent.backward(kept, {recurrent.output: ones}, [*wrt, start])
    np.testing.assert_allclose(found[s][0], expected[s][0], rtol=1e-12)
    np.testing.assert_allclose(found[weight], expected[weight], rtol=1e-12)
    assert found[start] == 0


def test_initial_states_get_gradients_of_the_sequences_that_begin():
    """Numbers of CNTK 2.7."""
    s = C.sequence.input_variable(())
    weight, initial = C.parameter(init=np.float32(0.5)), C.parameter(init=np.float32(7))
    loss = C.reduce_sum(running_sum(s, weight, initial))
    rate = C.learning_parameter_schedule(0.001, minibatch_size=1)
    trainer = C.Trainer(None, loss, C.sgd([weight, initial], rate))
    found = []
    for markers, part in ([True, True], ([1, 2, 3], [4, 5])), ([False, True], ([1, 2], [3])):
        trainer.train_minibatch({s: (frames(*part), markers)})
        found.append((trainer.previous_minibatch_loss_average, weight.value, initial.value))
    np.testing.assert_allclose(found[0], (6.025, 0.45875001, 6.998374939), rtol=1e-6)
    np.testing.assert_allclose(found[1], (4.366304398, 0.440924436, 6.997916222), rtol=1e-6)


def test_threads_see_frames_of_one_run(s):
    """Two delays of one value: whatever run was before, both continue that one."""
    both = C.combine([C.sequence.past_value(s), C.sequence.past_value(s * 2.0)])
    both.eval({s: frames([0])})

    def step(i: int) -> bool:
        single, double = both.eval({s: (frames([i]), GO_ON)}).values()
        return bool(double[0] == 2 * single[0])

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(step, range(200)))


def test_the_last_of_several_sequences_in_a_slot_goes_on():
    layout = Layout(3, [2, 1, 1], starts=[True] * 3, slots=[0, 0, 2])
    passage = Passage(None)
    rows = layout.pack(np.array([1.0, 2.0, 3.0, 4.0]))
    passage.leave(rows, 1, layout)
    assert passage.left is not None
    assert passage.left.is_held is not None
    assert passage.left.is_held.tolist() == [True, False, True]
    assert passage.left.frames[0, [0, 2]].tolist() == [3, 4]
    later = Passage(passage.left)
    part = Layout(1, [1], starts=[False], slots=[2])
    assert later.before(np.zeros(1), 1, part).tolist() == [[4]]
    with pytest.raises(RuntimeError, match="slot 1 "):
        later.before(np.zeros(1), 1, Layout(1, [1], starts=[False], slots=[1]))


def test_a_use_of_a_network_can_follow_another():
    training, test = Continuations(), Continuations()
    passage = Passage(None)
    passage.left = Kept(np.ones((1, 1)))
    training.keep(["delay"], [passage])
    test.follow(training)
    test.keep(["delay"], [Passage(None)])  # computed nothing: keeps what it had
    (found,) = test.passages(["delay"])
    part = Layout(1, [1], starts=[False])
    assert found.before(np.zeros(1), 1, part).tolist() == [[1]]


def test_a_delay_of_any_length_takes_no_more_memory_than_its_sequences():
    x = C.sequence.input_variable(2)
    function = C.sequence.past_value(x, 5, time_step=2**40)
    frames = np.ones((3, 2), np.float32)
    np.testing.assert_array_equal(function.eval({x: [frames]})[0], np.full((3, 2), 5))
    with pytest.raises(RuntimeError, match="1099511627776 frames back"):
        function.eval({x: ([frames], [False])})
