from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.debugging import estimate

x, y = C.input_variable(8, name="x"), C.input_variable(3, name="y")


def trainer(learner, *options):
    z = C.times(C.tanh(C.times(x, C.parameter((8, 16)))), C.parameter((16, 3)))
    loss = C.cross_entropy_with_softmax(z, y)
    return C.Trainer(z, loss, learner(z.parameters, 0.1, *options))


def test_parameters_gradients_and_what_learners_keep():
    numbers = 4 * (8 * 16 + 16 * 3)
    found = estimate(trainer(C.sgd), 10)
    assert (found.parameters, found.gradients, found.learners) == (numbers, numbers, 0)
    assert estimate(trainer(C.adam, 0.9), 10).learners == 2 * numbers
    assert found.data == 10 * 4 * (8 + 3)
    assert found.bytes == sum(
        (found.parameters, found.gradients, found.learners, found.values, found.data)
    )


def test_it_grows_with_the_minibatch_and_runs_nothing():
    trained = trainer(C.adam, 0.9)
    before = [p.value for p in trained.parameter_learners[0].parameters]
    small, large = estimate(trained, 1000), estimate(trained, 2000)
    assert 1.9 < large.values / small.values <= 2
    assert 1.9 < large.operations / small.operations <= 2
    assert large.seconds > small.seconds > 0
    assert trained.total_number_of_samples_seen == 0
    for value, parameter in zip(before, trained.parameter_learners[0].parameters):
        np.testing.assert_array_equal(parameter.value, value)


def test_values_are_what_the_run_leases():
    trained = trainer(C.sgd)
    found = estimate(trained, 5000)
    plan = trained.program().plan
    rng = np.random.default_rng(0)
    one_hot = np.eye(3, dtype="f")[rng.integers(0, 3, 5000)]
    trained.train_minibatch({x: rng.random((5000, 8), "f"), y: one_hot})
    assert trained.program().plan is plan
    (instance,) = plan._pool._idle
    assert instance.raw.size <= found.values + found.gradients <= 2 * instance.raw.size


def test_an_evaluation_keeps_nothing_for_training():
    found = estimate(trainer(C.sgd).model, 100)
    assert (found.gradients, found.learners) == (0, 0)
    assert 100 * 4 * 16 <= found.values < 4 * 100 * 4 * 16


def test_ragged_sequences_by_their_lengths():
    data = C.sequence.input_variable(4)
    placeholder = C.placeholder(4)
    state = C.tanh(
        C.times(C.sequence.past_value(placeholder), C.parameter((4, 4), init=0.1)) + data
    )
    net = state.replace_placeholders({placeholder: state.output})
    ragged = estimate(net, sequence_lengths=[1, 9, 2])
    assert ragged.data == 12 * 4 * 4
    assert ragged.operations == estimate(net, 3, 4).operations
    axis = data.dynamic_axes[1]
    assert estimate(net, 3, {axis: [1, 9, 2]}).values == ragged.values


def test_row_sparse_gradients_count_by_rows():
    words = C.input_variable(100_000, is_sparse=True)
    table = C.parameter((100_000, 4))
    loss = C.reduce_sum(C.times(words, table))
    found = estimate(C.Trainer(None, loss, C.sgd([table], 0.1)), 32)
    assert found.gradients == 32 * 4 * 4
    assert found.values < 100_000


def test_a_learner_of_the_users_own():
    state = C.constant(0, (8, 2))
    w = C.parameter((8, 2))
    update = C.universal(lambda ps, gs: C.assign(state, state + gs[0]), [w])
    found = estimate(C.Trainer(None, C.reduce_sum(C.times(x, w)), update), 4)
    assert found.learners == 8 * 2 * 4


def test_the_largest_arrays_are_named():
    wide = C.times(x, C.parameter((8, 5000)), name="wide")
    found = estimate(C.Trainer(None, C.reduce_sum(wide), C.sgd(wide.parameters, 0.1)), 10)
    assert found.largest[0].bytes == 10 * 5000 * 4
    assert "10 rows of [5000] float32" in found.largest[0].text
    assert "'wide'" in found.largest[0].text


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(minibatch_size=0), "minibatch_size is a positive int, not 0"),
        (dict(minibatch_size="many"), "not 'many'"),
        (dict(sequence_lengths=0.5), "sequence_lengths is a positive int, not 0.5"),
        (dict(sequence_lengths=[]), "state 0 sequences"),
        (dict(sequence_lengths=[3, 0]), "a length of sequence_lengths is a positive int, not 0"),
        (dict(minibatch_size=3, sequence_lengths=[1, 2]), "state 2, 3 sequences"),
        (dict(sequence_lengths={"time": [1]}), "the key 'time', no sequence axis"),
        (dict(sequence_lengths={C.Axis("time"): 3}), "are a list, not 3"),
    ],
)
def test_sizes_that_do_not_fit(wrong, message):
    with pytest.raises(ValueError, match=message):
        estimate(trainer(C.sgd), **wrong)


def test_lengths_for_no_sequences_need_a_size():
    with pytest.raises(ValueError, match="state none sequences"):
        estimate(trainer(C.sgd), sequence_lengths={})


def test_what_has_no_sizes_yet():
    with pytest.raises(ValueError, match="sizes that are not known"):
        estimate(C.relu(C.placeholder(name="later")))
    with pytest.raises(ValueError, match="takes a Trainer or a Function, not 3"):
        estimate(3)
