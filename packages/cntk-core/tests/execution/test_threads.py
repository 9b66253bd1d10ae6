"""Plans run on one thread of BLAS, and leave it as it was."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import cntk as C
from cntk.execution.threads import OneThread, one_thread, usual_count


def threads() -> set[int]:
    return {entry["num_threads"] for entry in threadpool_info() if entry["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def two_threads():
    with threadpool_limits(2, user_api="blas"):
        if threads() != {2}:
            pytest.skip("this BLAS has one thread only")
        yield


class Seen(C.ops.functions.UserFunction):
    """Notes the number of threads when it is computed."""

    def infer_outputs(self):
        return [C.output_variable(self.inputs[0].shape, np.float32, self.inputs[0].dynamic_axes)]

    def forward(self, argument, device=None, outputs_to_retain=None):
        self.threads = threads()
        return None, argument

    def backward(self, state, root_gradients):
        return root_gradients


def test_a_plan_runs_on_one_thread():
    x = C.input_variable(2)
    seen = Seen([x])
    C.user_function(seen).eval({x: np.ones((1, 2), "f")})
    assert seen.threads == {1}
    assert threads() == {2}


def test_an_error_leaves_the_threads_as_they_were():
    x = C.input_variable(2)
    seen = Seen([x])
    seen.forward = lambda *a, **k: 1 / 0
    with pytest.raises(RuntimeError, match="division by zero"):
        C.user_function(seen).eval({x: np.ones((1, 2), "f")})
    assert threads() == {2}


def test_contexts_may_overlap():
    context = OneThread()
    with context:
        with context:
            assert threads() == {1}
        assert threads() == {1}
        with context.all_threads():
            assert threads() == {2}
        assert threads() == {1}
    assert threads() == {2}


def test_large_products_are_right():
    x = C.input_variable(1024)
    w = C.parameter((1024, 1024), init=np.eye(1024, dtype="f"))
    data = np.random.default_rng(1).random((128, 1024), np.float32)
    assert (C.times(x, w).eval({x: data}) == data).all()


def test_one_thread_always_if_results_must_not_depend_on_their_number():
    context = OneThread()
    context.always = True
    with context, context.all_threads():
        assert threads() == {1}
    assert threads() == {2}


def test_deterministic_products_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(one_thread, "always", False)
    C.cntk_py.force_deterministic_algorithms()
    random = np.random.default_rng(1)
    x, w = (
        C.input_variable(2000),
        C.parameter((2000, 1000), init=random.random((2000, 1000), np.float32)),
    )
    product, data = C.times(x, w), random.random((64, 2000), np.float32)
    with_two = product.eval({x: data})
    with threadpool_limits(1, user_api="blas"):
        with_one = product.eval({x: data})
    np.testing.assert_array_equal(with_one, with_two)


def test_large_products_use_the_threads_that_were_chosen():
    context = OneThread()
    context.count = 1
    with context:
        with context.all_threads():
            assert threads() == {1}
        context.count = 2
        with context.all_threads():
            assert threads() == {2}
        assert threads() == {1}
    assert threads() == {2}


def test_followers_hear_of_each_count():
    context, heard = OneThread(), []
    context.count = 3
    context.follow(lambda: heard.append((context.count, context.count_of_products)))
    context.count = 2
    context.always = True
    context.always = False
    assert heard == [(3, 3), (2, 2), (2, 1), (2, 2)]


@pytest.mark.parametrize(("said", "count"), [("3", 3), ("5,2", 5), ("", 2), ("0", 2), ("many", 2)])
def test_the_usual_count_is_what_openmp_would_take(monkeypatch, said, count):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0, 7}, raising=False)
    assert usual_count() == count
