from __future__ import annotations

import numpy as np

import cntk as C
from cntk.execution.session import program_for
from cntk.execution.usage import arena_bytes, bytes_of, largest, made_bytes

x = C.input_variable((2, 3))


def ten(axes) -> int:
    return 10


def plan_of(function):
    return program_for(function, function.outputs, training=False).plan


def test_the_arena_is_as_large_as_the_run_makes_it():
    function = C.exp(C.reduce_sum(x, 0))
    plan = plan_of(function)
    function.eval({x: np.ones((10, 2, 3), "f")})
    (instance,) = plan._pool._idle
    assert instance.raw.size == arena_bytes(plan, ten)


def test_arrays_that_kernels_make_count_while_they_live():
    values = C.top_k(x, 2)
    plan = plan_of(values)
    assert made_bytes(plan, ten) >= sum(bytes_of(symbol, ten) for symbol in plan.outputs)


def test_views_take_nothing():
    assert largest(plan_of(C.reshape(x, (6,))), ten, 5) == []


def test_the_largest_of_one_place_stands_for_it():
    layer = C.times(C.reshape(x, 6), C.parameter((6, 50), init=0.1), name="layer")
    found = largest(plan_of(C.reduce_sum(C.exp(layer))), ten, 5)
    assert found[0].bytes == 10 * 50 * 4
    assert found[0].text.startswith("10 rows of [50] float32")
    assert [use.bytes for use in found] == sorted((use.bytes for use in found), reverse=True)


def test_sparse_rows_count_an_element_each():
    sparse = C.input_variable(100_000, is_sparse=True)
    assert bytes_of(plan_of(C.combine([sparse])).outputs[0], ten) == 10 * (4 + 16)
