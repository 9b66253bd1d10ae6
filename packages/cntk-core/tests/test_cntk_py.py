from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import cntk_py, seeds
from cntk.execution.threads import one_thread

SWITCHES = """
    enable_forward_values_sharing disable_forward_values_sharing enable_cpueval_optimization
    disable_cpueval_optimization enable_gradient_accumulation_optimization
    disable_gradient_accumulation_optimization enable_synchronous_gpukernel_execution
    always_allow_setting_default_device
    enable_reversing_tensor_shapes_in_error_messages""".split()
LEVELS = ["set_gpumemory_allocation_trace_level", "set_math_lib_trace_level"]


@pytest.mark.parametrize("name", ["Axis", "NDArrayView", "Parameter", "Value", "Variable"])
def test_its_classes_are_our_classes(name):
    assert getattr(cntk_py, name) is getattr(C, name)
    assert name in dir(cntk_py)


def test_switches_that_do_something_are_those_of_debugging():
    assert (
        cntk_py.set_computation_network_trace_level
        is C.debugging.set_computation_network_trace_level
    )


def test_classes_that_scripts_inherit_from_are_ours():
    assert cntk_py.TrainingSession is C.train.TrainingSession


@pytest.mark.parametrize("name", ["FreeDimension", "InferredDimension", "PoolingType_Max"])
def test_its_numbers_are_our_numbers(name):
    assert getattr(cntk_py, name) == getattr(C, name)


def test_a_learner_that_is_a_function_of_given_gradients():
    w, gradient = C.parameter(2, init=1), C.constant(0, 2)
    step = C.combine([C.assign(w, w - 0.5 * gradient)])
    learner = cntk_py.universal_learner([w], [gradient], step)
    x = C.input_variable(2)
    loss = C.reduce_sum(w * x)
    C.Trainer(loss, loss, [learner]).train_minibatch({x: np.array([[1, 2], [3, 4]], "f")})
    np.testing.assert_array_equal(gradient.value, [4, 6])  # summed, as in CNTK 2.7
    np.testing.assert_array_equal(w.value, [-1, -2])


def test_gradients_that_do_not_fit_the_parameters():
    w, step = C.parameter(2), C.combine([C.parameter(2)])
    with pytest.raises(RuntimeError, match="Number of parameters .1. does not match"):
        cntk_py.universal_learner([w], [], step)
    with pytest.raises(ValueError, match="gradient of Parameter"):
        cntk_py.universal_learner([w], [C.constant(0, 3)], step)
    with pytest.raises(TypeError, match="update must be a Function"):
        cntk_py.universal_learner([w], [C.constant(0, 2)], 5)


def test_its_workers_are_those_of_the_communicator(monkeypatch):
    assert (cntk_py.number_of_workers(), cntk_py.worker_global_rank()) == (1, 0)
    monkeypatch.setenv("PMI_SIZE", "4")
    for ask in (cntk_py.number_of_workers, cntk_py.worker_global_rank):
        with pytest.raises(RuntimeError, match="started 4 processes"):
            ask()


def test_its_seeds_are_our_seeds():
    assert cntk_py.set_fixed_random_seed is seeds.set_fixed_random_seed
    assert cntk_py.generate_random_seed is seeds.generate_random_seed


@pytest.mark.parametrize("name", SWITCHES)
def test_switches_take_nothing_and_say_why(name):
    switch = getattr(cntk_py, name)
    assert switch() is None
    assert switch.__name__ == name
    assert switch.__doc__.startswith("Do nothing: ")


@pytest.mark.parametrize("name", LEVELS)
def test_levels_take_an_integer_and_say_why(name):
    set_level = getattr(cntk_py, name)
    assert set_level(1) is None
    assert set_level.__doc__.startswith("Do nothing with the level: ")
    with pytest.raises(TypeError):
        set_level("much")


def test_deterministic_algorithms(monkeypatch):
    monkeypatch.setattr(one_thread, "always", False)
    assert not cntk_py.should_force_deterministic_algorithms()
    cntk_py.force_deterministic_algorithms()
    assert cntk_py.should_force_deterministic_algorithms()


@pytest.fixture
def some_threads(monkeypatch):
    monkeypatch.setattr(one_thread, "count", one_thread.count)
    monkeypatch.setattr("os.cpu_count", lambda: 4)


@pytest.mark.parametrize(("asked", "found"), [(1, 1), (3, 3), (100, 4), (np.int64(2), 2)])
def test_a_count_of_threads_is_at_most_that_of_cores(some_threads, asked, found):
    cntk_py.set_max_num_cputhreads(asked)
    assert cntk_py.get_max_num_cputhreads() == found


def test_no_threads_change_nothing(some_threads):
    cntk_py.set_max_num_cputhreads(3)
    cntk_py.set_max_num_cputhreads(0)
    assert cntk_py.get_max_num_cputhreads() == 3


@pytest.mark.parametrize(
    ("asked", "error"), [(-1, OverflowError), (1.5, TypeError), ("a", TypeError)]
)
def test_a_wrong_count_of_threads_is_refused(some_threads, asked, error):
    before = cntk_py.get_max_num_cputhreads()
    with pytest.raises(error):
        cntk_py.set_max_num_cputhreads(asked)
    assert cntk_py.get_max_num_cputhreads() == before


def test_names_of_the_native_library_that_we_do_not_have():
    with pytest.raises(AttributeError, match="module 'cntk.cntk_py' has no attribute 'TensorView'"):
        cntk_py.TensorView  # noqa: B018
