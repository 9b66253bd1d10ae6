"""How near a result must be to the original's."""

from __future__ import annotations

import numpy as np

from .golden_data import Case

# the other element types take the tolerance of float32
FLOAT64 = (1e-10, 1e-10)
ELEMENTWISE = (1e-5, 1e-6)
EXACT = (0.0, 0.0)
ACCUMULATED = (1e-5, 1e-5)  # sums in another order
NEIGHBOURHOOD = (1e-4, 1e-4)  # sums over windows, and square roots of variances

_FAMILIES = {
    EXACT: """
        floor ceil round equal not_equal less less_equal greater greater_equal element_and
        element_or element_xor element_not argmax argmin hardmax one_hot ones_like zeros_like
        eye_like straight_through_impl classification_error""",
    ACCUMULATED: """
        reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_log_sum_exp reduce_l1
        reduce_l2 reduce_sum_square times times_transpose mat_mul softmax log_softmax
        cross_entropy_with_softmax squared_error binary_cross_entropy weighted_binary_cross_entropy
        cosine_distance cosine_distance_with_negative_samples lambda_rank ndcg_at_1
        sequence_softmax sequence_reduce sequence_reduce_sum forward_backward
        optimized_rnnstack""",
    NEIGHBOURHOOD: """
        convolution convolution_transpose pooling unpooling roipooling batch_normalization
        mean_variance_normalization local_response_normalization""",
}
TOLERANCE = {op: tolerance for tolerance, ops in _FAMILIES.items() for op in ops.split()}


def tolerance_of(case: Case) -> tuple[float, float]:
    """Return the (relative, absolute) tolerance of a case's numbers."""
    usual = TOLERANCE.get(case.op, ELEMENTWISE)
    return FLOAT64 if case.dtype == "float64" and usual is not EXACT else usual


def assert_equal_results(found, expected, tolerance: tuple[float, float], what: str) -> None:
    """Compare arrays, or lists of arrays per sequence: shapes, nan and inf positions, numbers."""
    if isinstance(expected, list):
        assert isinstance(found, list), f"{what}: one array instead of one per sequence"
        assert len(found) == len(expected), f"{what}: number of sequences"
        for i, (part, wanted) in enumerate(zip(found, expected)):
            assert_equal_results(part, wanted, tolerance, f"{what}, sequence {i}")
        return
    if hasattr(found, "toarray"):  # a SciPy matrix
        found = found.toarray()
    found = np.asarray(found)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, not {expected.shape}"
    assert found.dtype == expected.dtype, f"{what}: {found.dtype}, not {expected.dtype}"
    relative, absolute = tolerance
    np.testing.assert_allclose(found, expected, relative, absolute, err_msg=what)
