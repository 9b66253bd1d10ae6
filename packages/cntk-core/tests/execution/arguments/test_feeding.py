"""What may be fed to an input: each form gives the same rows, anything else is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows


def numbers(*shape: int) -> np.ndarray:
    return np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)


def fed(variable, data) -> list[np.ndarray]:
    """Return what an alias of a variable gives for data: an array per sequence, or one for all."""
    found = C.alias(variable).eval({variable: data})
    return found if isinstance(found, list) else [found]


def assert_fed(variable, data, expected: list) -> None:
    found = fed(variable, data)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected):
        assert ours.shape == np.shape(theirs)
        np.testing.assert_array_equal(ours, theirs)


ONE, TWO = numbers(2, 3), numbers(1, 3)

SEQUENCES = {
    "a list of arrays": ([ONE, TWO], [ONE, TWO]),
    "a list of nested lists": ([[[0, 1, 2], [3, 4, 5]], [[0, 1, 2]]], [ONE, TWO]),
    "a list of lists of frames": ([list(ONE), list(TWO)], [ONE, TWO]),
    "a list of single frames": ([ONE[0], ONE[1]], [ONE[:1], ONE[1:]]),
    "a list of views": ([C.NDArrayView.from_dense(ONE), C.NDArrayView.from_dense(TWO)], [ONE, TWO]),
    "one array of sequences": (numbers(2, 4, 3), list(numbers(2, 4, 3))),
    "one array of frames": (numbers(4, 3), [numbers(4, 3)]),
    "one frame": (numbers(3), [numbers(1, 3)]),
    "strided arrays": ([numbers(4, 3)[::2], numbers(2, 6)[:, ::2]],
                       [numbers(4, 3)[::2], numbers(2, 6)[:, ::2]]),
    "a Value of frames": (C.Value(numbers(4, 3)), [numbers(4, 3)]),
    "a Value of sequences": (C.Value(numbers(2, 4, 3)), list(numbers(2, 4, 3))),
    "a Value of ragged sequences": (C.Value([ONE, TWO]), [ONE, TWO]),
    "a Value of one frame": (C.Value(numbers(3)), [numbers(1, 3)]),
    "compressed rows": ([SparseRows.from_dense(ONE), SparseRows.from_dense(TWO)], [ONE, TWO]),
    "one compressed sequence": (SparseRows.from_dense(ONE), [ONE]),
}  # fmt: skip


@pytest.mark.parametrize("form", SEQUENCES)
def test_forms_of_sequences(form):
    data, expected = SEQUENCES[form]
    assert_fed(C.sequence.input_variable(3), data, expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int64, bool])
def test_sequences_of_other_element_types_are_converted(dtype):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert_fed(C.sequence.input_variable(3), [ONE.astype(dtype)], [ONE.astype(dtype)])


@pytest.mark.parametrize(
    ("data", "lengths"),
    [([numbers(2), numbers(3)], [2, 3]), (numbers(2, 3), [3, 3]), (numbers(3), [3]),
     ([[1, 2], [3]], [2, 1])],
)  # fmt: skip
def test_sequences_of_numbers(data, lengths):
    assert [len(part) for part in fed(C.sequence.input_variable(()), data)] == lengths


@pytest.mark.parametrize("data", [[[1, 2], [3]], [[[1], [2]], [[3]]], [numbers(2) + 1, [3]]])
def test_frames_of_one_number_may_come_without_their_axis(data):
    assert_fed(C.sequence.input_variable(1), data, [[[1], [2]], [[3]]])


def test_a_list_of_numbers_is_no_list_of_sequences():
    with pytest.raises(ValueError, match=r"'\[\]' of sequence #0"):
        fed(C.sequence.input_variable(()), [1, 2, 3])


@pytest.mark.parametrize(
    ("data", "number"),
    [([numbers(2, 4)], 0), ([ONE, numbers(1, 4)], 1), ([numbers(2, 2, 3)], 0), ([[ONE]], 0)],
)
def test_a_sequence_of_another_shape_is_named(data, number):
    with pytest.raises(ValueError, match=f"of sequence #{number} is not compatible"):
        fed(C.sequence.input_variable(3), data)


@pytest.mark.parametrize("data", [numbers(2, 2), numbers(2, 2, 2, 3), numbers(2, 4, 4)])
def test_an_array_must_end_in_the_shape_of_a_frame(data):
    with pytest.raises(ValueError, match="trailing dimensions"):
        fed(C.sequence.input_variable(3), data)


@pytest.mark.parametrize("data", ["abc", [None], [["a"]], 1j, {}, np.array([object()])])
def test_what_is_no_number_is_refused(data):
    with pytest.raises((ValueError, TypeError)):
        fed(C.sequence.input_variable(3), data)


@pytest.mark.parametrize("data", [[], numbers(0, 2, 3), C.Value(numbers(0, 3))])
def test_a_minibatch_without_sequences_is_refused(data):
    variable = C.sequence.input_variable(3)
    with pytest.raises(RuntimeError, match="at? least one"):
        C.alias(variable).eval({variable: data})


@pytest.mark.parametrize("data", [[numbers(0, 3)], [ONE, numbers(0, 3)], numbers(2, 0, 3)])
def test_a_sequence_without_frames_is_refused(data):
    with pytest.raises(RuntimeError, match="a least one frame long|at least one"):
        fed(C.sequence.input_variable(3), data)


def test_a_free_size_is_the_same_for_all_sequences():
    variable = C.sequence.input_variable((C.FreeDimension, 2))
    assert_fed(variable, [numbers(2, 5, 2), numbers(1, 5, 2)], [numbers(2, 5, 2), numbers(1, 5, 2)])
    assert_fed(variable, numbers(3, 4, 2), [numbers(3, 4, 2)])
    with pytest.raises(ValueError, match=r"'\[1 x 4 x 2\]' of sequence #1 .* '\[2 x 5 x 2\]'"):
        fed(variable, [numbers(2, 5, 2), numbers(1, 4, 2)])


def test_a_free_size_is_the_same_for_all_samples():
    variable = C.input_variable((C.FreeDimension, 2))
    with pytest.raises(ValueError, match="of sequence #1"):
        fed(variable, [numbers(5, 2), numbers(4, 2)])


def test_a_free_size_is_not_0():
    variable = C.input_variable((C.FreeDimension, 2))
    with pytest.raises(RuntimeError, match=r"have 0 elements: their shape is '\[3 x 0 x 2\]'"):
        fed(variable, numbers(3, 0, 2))


@pytest.mark.parametrize("data", [np.array(5.0, np.float32), np.array([5.0], np.float32)])
def test_a_sample_without_static_axes_may_come_alone(data):
    assert_fed(C.input_variable(()), data, [[5.0]])
    assert_fed(C.sequence.input_variable(()), [data], [[5.0]])


@pytest.mark.parametrize("data", [(ONE,), (ONE, TWO), (ONE, TWO, ONE), (ONE, [1, 0]), (ONE, True)])
def test_a_tuple_is_data_with_begin_markers(data):
    for variable in (C.input_variable(3), C.sequence.input_variable(3)):
        with pytest.raises(ValueError, match="it needs to be a list of bools"):
            fed(variable, data)


def test_markers_may_be_left_out():
    assert_fed(C.sequence.input_variable(3), ([ONE, TWO], None), [ONE, TWO])
    assert_fed(C.input_variable(3), (ONE, None), [ONE])


@pytest.mark.parametrize(
    "data",
    [
        C.Value(numbers(2, 3).astype(np.float64)),
        C.NDArrayView.from_dense(numbers(2, 3).astype(np.float64)),
        C.Value.one_hot([0, 2], 3, dtype=np.float64),
    ],
)
@pytest.mark.parametrize("is_sparse", [False, True])
def test_values_are_not_converted(data, is_sparse):
    variable = C.input_variable(3, is_sparse=is_sparse)
    with pytest.raises(
        RuntimeError, match="DataType Float does not match .* DataType Double|Dense"
    ):
        fed(variable, data)


@pytest.mark.parametrize(
    "axes",
    [
        [C.Axis("a")],
        [C.Axis("a"), C.Axis("b")],
        [C.Axis.default_batch_axis(), C.Axis("a"), C.Axis("b")],
    ],
)
def test_other_dynamic_axes_than_a_batch_and_a_sequence_are_refused(axes):
    variable = C.input_variable(3, dynamic_axes=axes, name="x")
    with pytest.raises(RuntimeError, match=r"Input Variable 'Input\('x', .* at most one sequence"):
        (variable + 1).eval({variable: ONE})


@pytest.mark.parametrize(
    ("data", "rows"),
    [(numbers(2, 3), 2), (numbers(3), 1), (numbers(4, 1, 3), 4), ([numbers(3)] * 2, 2),
     ([numbers(1, 3)] * 2, 2), (C.Value(numbers(2, 3)), 2), (C.Value(numbers(2, 1, 3)), 2),
     (C.Value(numbers(3)), 1)],
)  # fmt: skip
def test_forms_of_samples(data, rows):
    assert fed(C.input_variable(3), data)[0].shape == (rows, 3)


@pytest.mark.parametrize(
    "data", [[ONE, TWO], numbers(4, 2, 3), C.Value([ONE, TWO]), [SparseRows.from_dense(ONE)]]
)
def test_sequences_are_no_samples(data):
    with pytest.raises(ValueError, match="sequence"):
        fed(C.input_variable(3), data)


def dense(variable):
    return C.times(variable, np.eye(4, dtype=np.float32))


SPARSE = {
    "a list of matrices": ([SparseRows.from_dense(numbers(2, 4)),
                            SparseRows.from_dense(numbers(1, 4))], [2, 1]),
    "one matrix": (SparseRows.from_dense(numbers(3, 4)), [3]),
    "one-hot sequences": (C.Value.one_hot([[0, 1], [3]], 4), [2, 1]),
    "one-hot frames": (C.Value.one_hot([0, 1, 3], 4), [3]),
}  # fmt: skip


@pytest.mark.parametrize("form", SPARSE)
def test_forms_of_sparse_sequences(form):
    data, lengths = SPARSE[form]
    variable = C.sequence.input_variable(4, is_sparse=True)
    found = dense(variable).eval({variable: data})
    assert [len(part) for part in found] == lengths


@pytest.mark.parametrize("data", [[ONE], ONE, [[0, 1, 2]], C.Value(ONE)])
def test_dense_data_do_not_fit_a_sparse_input(data):
    variable = C.sequence.input_variable(3, is_sparse=True)
    with pytest.raises(ValueError, match="Dense input data supplied for sparse"):
        fed(variable, data)


@pytest.mark.parametrize("is_sequence", [True, False])
@pytest.mark.parametrize("kind", ["csc", "coo"])
def test_sparse_matrices_of_other_forms_are_not_called_dense(kind, is_sequence):
    sparse = pytest.importorskip("scipy.sparse")
    make = C.sequence.input_variable if is_sequence else C.input_variable
    matrix = getattr(sparse, f"{kind}_matrix")(ONE)
    with pytest.raises(ValueError, match=f"only CSR is supported .* not {kind}") as error:
        fed(make(3, is_sparse=True), [matrix])
    assert str(error.value).endswith("try: convert the data with their tocsr()")


def test_a_sparse_matrix_of_another_width_is_refused():
    variable = C.sequence.input_variable(4, is_sparse=True)
    with pytest.raises(ValueError, match=r"'\[2 x 3\]'"):
        dense(variable).eval({variable: [SparseRows.from_dense(ONE)]})


def test_sparse_results_come_back_per_sequence():
    sparse = pytest.importorskip("scipy.sparse")
    variable = C.sequence.input_variable(3, is_sparse=True)
    found = fed(variable, [sparse.csr_matrix(ONE), sparse.csr_matrix(TWO)])
    assert [part.shape for part in found] == [(2, 3), (1, 3)]
    np.testing.assert_array_equal(found[0].toarray(), ONE)


def test_start_flags_may_stand_beside_the_data_or_beside_all_of_them():
    variable = C.sequence.input_variable(3)
    function = C.alias(variable)
    for arguments in (
        {variable: ([ONE, TWO], [True, True])},
        ({variable: [ONE, TWO]}, [True, True]),
    ):
        assert len(function.eval(arguments)) == 2


@pytest.mark.parametrize("flags", [[True], [True, False, True]])
def test_there_is_one_start_flag_per_sequence(flags):
    with pytest.raises(ValueError, match=f"you have 2 sequences, but only {len(flags)} sequence"):
        fed(C.sequence.input_variable(3), ([ONE, TWO], flags))


def test_samples_have_no_start_flags():
    with pytest.raises(ValueError, match="does not contain a sequence axis"):
        fed(C.input_variable(3), (ONE, [True, True]))


def test_start_flags_of_one_argument_hold_for_all():
    s, t = C.sequence.input_variable(3), C.sequence.input_variable(3)
    found = (s + t).eval({s: ([ONE, TWO], [True, False]), t: [ONE, TWO]})
    np.testing.assert_array_equal(found[0], 2 * ONE)


def test_arguments_whose_begin_markers_differ_are_told_these():
    s, t = C.sequence.input_variable(3), C.sequence.input_variable(3)
    data = {s: ([ONE, TWO], [True, True]), t: ([ONE, TWO], [False, True])}
    with pytest.raises(ValueError, match="Different minibatch layouts") as error:
        (s + t).eval(data)
    assert "begin markers [False, True]" in str(error.value)
    assert "begin markers [True, True]" in str(error.value)


@pytest.mark.parametrize("is_minibatch_data", [True, False])
def test_begin_markers_beside_a_value_are_not_ignored(is_minibatch_data):
    s = C.sequence.input_variable(3)
    before, data = C.sequence.past_value(s), C.Value.create(s, [ONE, TWO])
    if is_minibatch_data:
        data = C.MinibatchData(data, 2, 3, False)
    before.eval({s: [ONE, TWO]})
    first, second = before.eval(({s: data}, [False, True]))
    np.testing.assert_array_equal(first[0], ONE[-1])
    np.testing.assert_array_equal(second[0], np.zeros(3))
    with pytest.raises(ValueError, match="you have 2 sequences, but only 1 sequence begin"):
        before.eval(({s: data}, [False]))


@pytest.mark.parametrize("is_value", [True, False])
def test_begin_markers_are_given_once(is_value):
    s = C.sequence.input_variable(3)
    markers = [True, True]
    own = C.Value.create(s, [ONE, TWO], markers) if is_value else ([ONE, TWO], markers)
    with pytest.raises(ValueError, match="globally and for individual batches at the same time"):
        C.alias(s).eval(({s: own}, markers))


def test_arguments_on_one_axis_must_have_equal_lengths():
    s, t = C.sequence.input_variable(3), C.sequence.input_variable(3)
    with pytest.raises(ValueError, match="Different minibatch layouts"):
        (s + t).eval({s: [ONE, TWO], t: [TWO, ONE]})


def test_axes_have_lengths_of_their_own():
    s = C.sequence.input_variable(3)
    t = C.sequence.input_variable(3, sequence_axis=C.Axis("other"))
    both = C.combine([C.alias(s), C.alias(t)])
    found = both.eval({s: [ONE, TWO], t: [TWO, ONE]})
    assert [[len(part) for part in found[output]] for output in both.outputs] == [[2, 1], [1, 2]]


@pytest.mark.parametrize("samples", [1, 3])
def test_sequences_and_samples_must_be_as_many(samples):
    s, x = C.sequence.input_variable(3), C.input_variable(3)
    with pytest.raises(ValueError, match="number of samples differs"):
        (C.sequence.last(s) + x).eval({s: [ONE, TWO], x: numbers(samples, 3)})


@pytest.mark.parametrize("num_sequences", [1, 2])
def test_minibatch_data_are_fed_as_their_value(num_sequences):
    rows = C.Value(ONE)  # two samples: for a sequence input one sequence of two frames, as in 2.7
    data = C.MinibatchData(rows, num_sequences, 2, False)
    assert [len(part) for part in fed(C.sequence.input_variable(3), data)] == [2]


def test_results_of_sequences_are_lists_even_for_one():
    function = C.alias(C.sequence.input_variable(3))
    assert isinstance(function.eval([ONE]), list)
    assert isinstance(function(np.stack([ONE, ONE])), list)


def test_values_are_returned_on_demand():
    function = C.alias(C.sequence.input_variable(3))
    value = function.eval([ONE, TWO], as_numpy=False)
    assert isinstance(value, C.Value)
    np.testing.assert_array_equal(value.as_sequences()[1], TWO)


def test_packers_of_plugins_come_first_and_may_pass(monkeypatch):
    asked = []

    def passes(parts, layout):
        asked.append([len(part) for part in parts])

    def halves(parts, layout):
        return layout.pack_parts(parts) / 2

    x = C.sequence.input_variable(2)
    data = [numbers(2, 2), numbers(3, 2)]
    monkeypatch.setattr("cntk.plugins.packers", lambda: (passes,))
    assert_fed(x, data, data)
    monkeypatch.setattr("cntk.plugins.packers", lambda: (passes, halves))
    assert_fed(x, data, [part / 2 for part in data])
    assert asked == [[2, 3], [2, 3]]


def test_class_numbers_are_met_with_a_way_to_encode_them():
    labels = C.input_variable(3)
    with pytest.raises(ValueError, match=r"try: an array \(samples, 3\); of class .*np.eye\(3,"):
        C.alias(labels).eval({labels: np.array([0, 2, 1, 1])})


def test_streams_that_are_mapped_to_no_input_are_met_with_an_input_map():
    features = C.input_variable(3, name="features")
    source = C.io.MinibatchSourceFromData({"x": numbers(4, 3)})
    with pytest.raises(ValueError, match=r"try: .*input_map=\{features: source.streams.x, ...\}"):
        C.alias(features).eval(source.next_minibatch(2))


def test_the_warning_of_another_type_is_at_the_line_of_the_user():
    x = C.input_variable(3)
    with pytest.warns(UserWarning, match='of type "float64".*expects "float32"') as told:
        C.alias(x).eval({x: np.ones((2, 3))})
    assert told[0].filename == __file__
