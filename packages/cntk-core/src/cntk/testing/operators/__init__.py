"""What every operator is checked for, from its declaration and samples alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec

import numpy as np

from cntk import plugins
from cntk.operators.declare import Operator, registry
from cntk.testing.calls import Call
from cntk.testing.cases import Case, run_all
from cntk.testing.mismatch import Mismatch
from cntk.testing.operators.docs import check_docstring
from cntk.testing.operators.files import check_file
from cntk.testing.operators.fusion import check_fusion
from cntk.testing.operators.gradients import (
    check_gradient,
    check_half_gradient,
    check_second_derivative,
    is_differentiable,
    is_surrogate,
)
from cntk.testing.operators.inputs import (
    check_sequences,
    check_sparse_inputs,
    check_strided_inputs,
    takes_sparse,
)
from cntk.testing.operators.kernels import check_kernels
from cntk.testing.operators.reuse import check_repetition
from cntk.testing.operators.shapes import (
    check_batch_sizes,
    check_declared_shape,
    check_empty_batch,
    check_free_size,
    treats_rows_alone,
)
from cntk.testing.operators.values import check_value
from cntk.upward import module

_HOMES = ("cntk.ops", "cntk.ops.sequence", "cntk.losses", "cntk.metrics", "cntk.random")
_TYPES = (np.float64, np.float32, np.float16)
_FUSED_TYPES = (np.float64, np.float32)


def _has_rows(operator: Operator, number: int) -> bool:
    return any(given.has_rows for given in Call(operator, number).operands)


def _has_no_sequence(operator: Operator, number: int) -> bool:
    """Whether one sample can be run alone: nothing is as long as the longest of all sequences."""
    kinds = {given.kind for given in Call(operator, number).operands}
    return "batch" in kinds and "sequence" not in kinds


def _is_by_frame(operator: Operator, number: int) -> bool:
    is_per_sample = any(given.kind == "batch" for given in Call(operator, number).operands)
    return is_per_sample and treats_rows_alone(operator, number)


def _always(operator: Operator, number: int) -> bool:
    return True


# what is checked -> (the check of one sample, whether it applies to it)
_CHECKS: dict[str, tuple[Callable, Callable]] = {
    **{f"value-{np.dtype(t)}": (partial(check_value, dtype=t), _always) for t in _TYPES},
    **{f"kernels-{np.dtype(t)}": (partial(check_kernels, dtype=t), _always) for t in _TYPES},
    **{f"fusion-{np.dtype(t)}": (partial(check_fusion, dtype=t), _always) for t in _FUSED_TYPES},
    "gradient": (check_gradient, is_differentiable),
    "gradient-float16": (check_half_gradient, is_differentiable),
    "second-derivative": (check_second_derivative, is_differentiable),
    "declared-shape": (check_declared_shape, _always),
    "free-size": (check_free_size, _has_rows),
    "empty-batch": (check_empty_batch, _has_rows),
    "batch-sizes": (check_batch_sizes, _has_rows),
    "strided-inputs": (check_strided_inputs, _has_rows),
    "sequences": (check_sequences, _is_by_frame),
    "sparse-inputs": (check_sparse_inputs, takes_sparse),
    "repetition": (check_repetition, _always),
    "file": (check_file, _always),
}


def public_operators() -> list[Operator]:
    """Return the operators that users see: those of ``cntk.ops`` and those of plugins."""
    shown = [operator for operator, _ in plugins.operators().values()]
    for home in filter(find_spec, _HOMES):
        shown.extend(vars(module(home)).values())
    ids = {id(thing) for thing in shown}
    return [operator for _, operator in sorted(registry.items()) if id(operator) in ids]


def checked_operators() -> list[Operator]:
    """Return the public operators, and inner ones that declare samples."""
    public = public_operators()
    ours = [o for _, o in sorted(registry.items()) if o.__module__.startswith("cntk.")]
    return [*public, *(o for o in ours if o not in public and o.all_samples(_zeros))]


def operator_cases(operators: Iterable[Operator] | None = None) -> list[Case]:
    """Return every check that applies, for pytest's ``parametrize(..., ids=str)``.

    Args:
        operators: the operators; default: all that are known.
    """
    public = public_operators() if operators is None else list(operators)
    chosen = checked_operators() if operators is None else public
    cases = []
    for operator in chosen:
        if operator in public:
            cases.append(_case(operator, "samples", partial(_check_samples, operator)))
            cases.append(_case(operator, "docstring", partial(check_docstring, operator)))
        for number in range(len(operator.all_samples(_zeros))):
            cases.extend(_cases_of(operator, number))
    return cases


def _cases_of(operator: Operator, number: int) -> Iterable[Case]:
    for what, (check, applies) in _CHECKS.items():
        try:
            is_due = applies(operator, number)
        except Exception:  # it cannot even be built: the check says why
            is_due = True
        if is_due:
            yield _case(operator, what, partial(check, operator, number), number)


def _case(operator: Operator, what: str, check: Callable, number: int | None = None) -> Case:
    return Case("operator", operator.name, what, check, number)


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape)


def _check_samples(operator: Operator) -> None:
    if not operator.all_samples(_zeros):
        raise Mismatch(
            f"operator {operator.name} declares no samples, so nothing of it is checked",
            hint=f"@{operator.name}.samples, a generator of Sample",
        )


def check_operator(operator: Operator) -> None:
    """Perform every check that applies to an operator.

    Args:
        operator: declared with ``cntk.operators.declare``.

    Raises:
        Mismatch: it does not pass; the message has the failures of all checks.
    """
    run_all(operator_cases([operator]))


def surrogates(operators: Iterable[Operator] | None = None) -> list[str]:
    """Return the operators whose gradient is not the derivative of their value, on purpose."""
    chosen = checked_operators() if operators is None else operators
    return [o.name for o in chosen if o.all_samples(_zeros) and is_surrogate(o, 0)]


def kinks(operators: Iterable[Operator] | None = None) -> list[str]:
    """Return ``operator-sample`` of the samples at which finite differences do not apply."""
    chosen = checked_operators() if operators is None else operators
    return [
        f"{operator.name}-{number}"
        for operator in chosen
        for number, sample in enumerate(operator.all_samples(_zeros))
        if sample.kink
    ]
