"""Weights by name, in arrays and in files."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

import cntk as C
from cntk.storage import ModelFileError
from cntk.weights.files import write


def network():
    """Return a network of layers, some with names, some without, some alike."""
    x = C.sequence.input_variable(4, name="x")
    L = C.layers
    layers = [
        L.Embedding(3, name="words"), L.Recurrence(L.LSTM(2)), L.Dense(3), L.BatchNormalization(),
        L.Dense(3), L.Dense(1, name="out"),
    ]  # fmt: skip
    return L.Sequential(layers)(x)


NAMES = [
    "words.E", "LSTM.W", "LSTM.b", "LSTM.H", "Dense.W", "Dense.b", "BatchNormalization.scale",
    "BatchNormalization.bias", "BatchNormalization.aggregate_mean",
    "BatchNormalization.aggregate_variance", "BatchNormalization.aggregate_count",
    "Dense_1.W", "Dense_1.b", "out.W", "out.b",
]  # fmt: skip


def test_names_are_the_path_of_blocks():
    weights = C.weights.named(network())
    assert sorted(weights) == sorted(NAMES)
    assert weights["words.E"].shape == (4, 3) and weights["out.W"].shape == (3, 1)


def test_the_same_script_gives_the_same_names_whatever_was_built_before():
    first = list(C.weights.named(network()))
    C.layers.Dense(3)(C.input_variable(2))
    assert list(C.weights.named(network())) == first


def test_names_survive_a_model_file(tmp_path):
    function = network()
    function.save(tmp_path / "a.model")
    loaded = C.load_model(tmp_path / "a.model")
    assert list(C.weights.named(loaded)) == list(C.weights.named(function))


def test_a_shared_weight_is_there_once_and_a_nameless_one_gets_a_name():
    x, w = C.input_variable(3), C.parameter((3, 3))
    function = C.times(C.times(x, w), w) + C.parameter(3, name="b") + C.parameter(3, name="b")
    assert list(C.weights.named(function)) == ["Parameter", "b", "b_1"]


def test_names_that_look_like_numbered_ones_stay_apart():
    p = [C.parameter(2, name=name) for name in ("b", "b_1", "b")]
    assert list(C.weights.named(p[0] + p[1] + p[2])) == ["b", "b_1", "b_2"]


def test_frozen_parameters_and_statistics_are_weights_and_numbers_are_not():
    x = C.input_variable(3)
    function = C.layers.Dense(2, name="d")(x) * 2.5
    frozen = function.clone("freeze")
    assert list(C.weights.named(frozen)) == list(C.weights.named(function)) == ["d.W", "d.b"]
    statistics = [C.constant(value, 3) for value in (0, 1)]
    normal = C.batch_normalization(
        x, C.parameter(3), C.parameter(3), *statistics, True, running_count=C.constant(0)
    )
    assert len(C.weights.named(normal)) == 5


def test_arrays_are_the_weights_themselves():
    w = C.parameter((2,), name="w")
    array = C.weights.arrays(w * 2)["w"]
    assert np.shares_memory(array, w.data()._data)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_weights_go_through_a_file(tmp_path, suffix):
    path, one, other = tmp_path / f"a.{suffix}", network(), network()
    C.weights.save(one, path)
    C.weights.load(other, path)
    data = [np.ones((3, 4), np.float32)]
    np.testing.assert_array_equal(other.eval(data), one.eval(data))
    found = C.weights.read(path)
    for name, array in C.weights.arrays(one).items():
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@pytest.mark.parametrize("is_drawn", [True, False])
def test_arrays_are_read_straight_into_their_weights(tmp_path, suffix, is_drawn):
    values = np.arange(2_000_000, dtype=np.float32)
    path = tmp_path / f"a.{suffix}"
    C.weights.save(C.combine([C.parameter(init=values * i, name=f"w{i}") for i in range(3)]), path)
    weights = [
        C.parameter(values.shape, init=C.glorot_uniform(), name=f"w{i}") for i in reversed(range(3))
    ]
    if is_drawn:
        homes = [weight.data()._data for weight in weights]
    tracemalloc.start()
    C.weights.load(C.combine(weights), path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (4e6 if is_drawn else 3 * values.nbytes + 4e6)
    for i, weight in zip(reversed(range(3)), weights):
        np.testing.assert_array_equal(weight.value, values * i)
    if is_drawn:
        assert all(np.shares_memory(home, w.data()._data) for home, w in zip(homes, weights))


def test_plans_see_what_was_loaded(tmp_path):
    function, data = network(), [np.ones((3, 4), np.float32)]
    C.weights.save(function, tmp_path / "a.npz")
    before = function.eval(data)
    C.weights.assign(function, {n: a * 2 for n, a in C.weights.arrays(function).items()})
    assert not np.array_equal(function.eval(data), before)
    C.weights.load(function, tmp_path / "a.npz")
    np.testing.assert_array_equal(function.eval(data), before)


STORED = {
    "another type": lambda values: values.astype(np.float64),
    "half": lambda values: values.astype(np.float16),
    "big-endian": lambda values: values.astype(">f4"),
    "columns": np.asfortranarray,
    "columns of another type": lambda values: np.asfortranarray(values, np.float64),
}


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
@pytest.mark.parametrize("form", STORED)
def test_arrays_in_other_forms_are_converted_while_they_are_read(tmp_path, suffix, form):
    values = (np.arange(3 * 5 * 7, dtype=np.float32) / 8).reshape(3, 5, 7)
    path, weight = tmp_path / f"a.{suffix}", C.parameter((3, 5, 7), name="w")
    write(path, {"more": values, "w": STORED[form](values), "still more": values})
    C.weights.load(weight * 1, path, strict=False)
    np.testing.assert_array_equal(weight.value, values)
    np.testing.assert_array_equal(C.weights.read(path)["w"], values)


def _changed(content):
    at = content.index(np.full(3, 7, np.float32).tobytes())
    return content[:at] + b"\1" + content[at + 1 :]


def _cut(content):
    return content[:-1]


@pytest.mark.parametrize(
    "suffix, damage", [("npz", _changed), ("npz", _cut), ("safetensors", _cut)]
)
def test_a_damaged_file_changes_nothing(tmp_path, suffix, damage):
    weights = [C.parameter(3, init=i, name=f"w{i}") for i in range(3)]
    path = tmp_path / f"a.{suffix}"
    write(path, {f"w{i}": np.full(3, 5 + i, np.float32) for i in range(3)})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ModelFileError):
        C.weights.load(C.combine(weights), path)
    assert [weight.value[0] for weight in weights] == [0, 1, 2]


def test_values_are_converted_and_copied():
    w = C.parameter((2,), dtype=np.float32, name="w")
    values = np.array([1.5, 2.5], np.float32)
    C.weights.assign(w * 1, {"w": values})
    values[:] = 0
    assert w.value.tolist() == [1.5, 2.5]
    C.weights.assign(w * 1, {"w": np.array([3.0, 4.0], np.float64)})
    assert w.value.tolist() == [3, 4] and w.value.dtype == np.float32


@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda v: v.pop("out.b"), "missing  out.b"),
        (lambda v: v.update(more=np.ones(1)), "unknown  more"),
        (
            lambda v: v.update({"out.W": np.ones((1, 3))}),
            r"'out.W' does not fit\n  expected float32",
        ),
        (lambda v: v.update({"out.W": np.ones((3, 1), int)}), "actual   int64"),
    ],
    ids=["missing", "unknown", "shape", "type"],
)
def test_values_that_do_not_fit_change_nothing(change, reason):
    function = network()
    function.eval([np.ones((1, 4), np.float32)])
    before = {name: array.copy() for name, array in C.weights.arrays(function).items()}
    values = {name: array + 1 for name, array in before.items()}
    change(values)
    with pytest.raises(ValueError, match=reason):
        C.weights.assign(function, values)
    for name, array in C.weights.arrays(function).items():
        np.testing.assert_array_equal(array, before[name])


def test_without_strictness_others_are_left_alone():
    function = network()
    C.weights.assign(function, {"out.b": np.array([7.0]), "more": np.ones(1)}, strict=False)
    assert C.weights.arrays(function)["out.b"] == 7


def test_many_wrong_names_are_shown_in_part():
    with pytest.raises(ValueError, match="unknown  n0, n1, n2, n3, n4 and 15 more") as raised:
        C.weights.assign(C.parameter(1, name="w") * 1, {f"n{i}": np.ones(1) for i in range(20)})
    assert "missing  w" in str(raised.value)


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"end in .safetensors or .npz"):
        C.weights.save(network(), tmp_path / "a.bin")
