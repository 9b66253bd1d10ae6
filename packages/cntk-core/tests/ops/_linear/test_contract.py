"""Every way of contracting axes is what einsum makes of it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from cntk.axis import BATCH_AXIS
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.ops._linear.contract import contract, contract_reference

ROWS = 3


def contractions(most_axes):
    """Yield (left shape, right shape, contracted axes of the left, of the right)."""
    for left_rank, right_rank in itertools.product(range(most_axes + 1), repeat=2):
        for count in range(min(left_rank, right_rank) + 1):
            for left_axes in itertools.combinations(range(left_rank), count):
                for right_axes in itertools.permutations(range(right_rank), count):
                    left = tuple(2 + i for i in range(left_rank))
                    right = [5 + i for i in range(right_rank)]
                    for i, j in zip(left_axes, right_axes):
                        right[j] = left[i]
                    yield left, tuple(right), left_axes, right_axes


def by_einsum(left, right, left_axes, right_axes, over_rows, has_rows):
    left_names = "abc"[: left.ndim - has_rows[0]]
    right_names = list("xyz"[: right.ndim - has_rows[1]])
    for i, j in zip(left_axes, right_axes):
        right_names[j] = left_names[i]
    kept = [n for n in (*left_names, *right_names) if (n in left_names) != (n in right_names)]
    first, second = ("r" * has for has in has_rows)
    result = "r" * (any(has_rows) and not over_rows) + "".join(kept)
    formula = f"{first}{left_names},{second}{''.join(right_names)}->{result}"
    return np.einsum(formula, left.astype(np.float64), right.astype(np.float64))


def by_plan(arrays, has_rows, attributes):
    graph = PlanGraph(training=False)
    symbols = [
        graph.given(i, Spec(array.shape[rows:], array.dtype, (BATCH_AXIS,) * rows))
        for i, (array, rows) in enumerate(zip(arrays, has_rows))
    ]
    plan = Plan(graph, [contract(*symbols, *attributes)])
    program = Program(plan, plan.payloads)
    run = program.run({}, dict(enumerate(arrays)), {(BATCH_AXIS,): Layout(ROWS)})
    return np.array(run.array(0))


@pytest.mark.parametrize("has_rows", list(itertools.product((0, 1), repeat=2)), ids=str)
@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 1e-5), (np.float16, 1e-2)])
def test_a_contraction_is_that_of_einsum(has_rows, dtype, tolerance):
    rng = np.random.default_rng(0)
    for left, right, *axes in contractions(3):
        shapes = [(*[ROWS] * rows, *shape) for shape, rows in zip((left, right), has_rows)]
        arrays = [rng.uniform(0.5, 1, shape).astype(dtype) for shape in shapes]
        for over_rows in {False, any(has_rows)}:
            expected = by_einsum(*arrays, *axes, over_rows, has_rows)
            planned = by_plan(arrays, has_rows, (*axes, over_rows))
            reference = contract_reference(*arrays, *axes, over_rows, has_rows)
            for found in (planned, reference):
                assert found.dtype == dtype
                np.testing.assert_allclose(
                    found, expected, tolerance, err_msg=f"{left} {right} {axes}"
                )
