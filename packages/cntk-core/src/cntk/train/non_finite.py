"""What training does when a loss or a gradient is no number, and finding out where it began."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator

import numpy as np

from cntk.errors import ArgumentError, ExecutionError, describe
from cntk.execution import watch
from cntk.execution.arguments.feeding import rows_for
from cntk.execution.checking import Checking
from cntk.row_sparse import held
from cntk.sparse import SparseRows

POLICIES = ("warn", "raise", "skip", "zero", "ignore")
_policy = ["warn"]


def set_non_finite_policy(policy: str) -> str:
    """Set what trainers do when a loss or a gradient is infinite or NaN; return what was set.

    The reason is looked for by computing the minibatch once more, step by step: messages name the
    first operator that went wrong, and the rows of data or the parameters that were bad before.

    Args:
        policy: ``warn``: warn once for each trainer and go on, as CNTK 2.7 did without a word
            (gradients are not looked at as long as the loss is a number). ``raise``: raise before
            anything is changed. ``skip``: leave the minibatch out: ``train_minibatch`` changes
            nothing and returns False. ``zero``: take 0 for what is no number in a gradient.
            ``ignore``: go on without a word.

    Raises:
        ValueError: there is no such policy.

    >>> before = C.debugging.set_non_finite_policy("raise")
    >>> x = C.input_variable(1)
    >>> loss = C.log(x * C.parameter(1, init=1))
    >>> trainer = C.Trainer(None, loss, C.sgd(loss.parameters, 0.1))
    >>> trainer.train_minibatch({x: [[1], [np.nan]]})
    Traceback (most recent call last):
        ...
    cntk.errors.ExecutionError: the loss of a minibatch is nan...
    >>> C.debugging.set_non_finite_policy(before)
    'raise'
    """
    if policy not in POLICIES:
        names = ", ".join(POLICIES)
        raise ArgumentError(describe(f"there is no policy {policy!r}", f"policies  {names}"))
    before, _policy[0] = _policy[0], policy
    return before


class Guard:
    """Looks at the loss and the gradients of one trainer's minibatches.

    Args:
        replay: function of {variable: data} that computes the minibatch again.
        parameters: the parameters that are trained.
    """

    def __init__(self, replay, parameters) -> None:
        self._replay, self._parameters = replay, parameters
        self._has_told = False

    def allows(self, data: dict, loss: float, gradients: list) -> bool:
        """Return whether the minibatch may change anything; gradients may lose their NaN.

        Args:
            data: {variable: data} of the minibatch.
            loss: sum of the loss.
            gradients: the gradients, one for each parameter.

        Raises:
            RuntimeError: something is no number, and the policy is to raise.
        """
        policy = _policy[0]
        if policy == "ignore":
            return True
        what = "" if math.isfinite(loss) else f"the loss of a minibatch is {loss}"
        if policy == "warn":
            if what and not self._has_told:
                self._tell(what, data)
            return True
        bad = [] if what and policy != "zero" else [
            i for i, gradient in enumerate(gradients) if not is_finite(gradient)
        ]  # fmt: skip
        if bad and not what:
            names = ", ".join(str(self._parameters[i]) for i in bad[:3])
            more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
            what = f"the gradient of {names}{more} is not finite"
        if not what:
            return True
        if policy == "raise":
            raise ExecutionError(self._description(what, data))
        if not self._has_told:
            self._tell(what, data)
        for i in bad:
            _make_finite(gradients[i])
        return policy == "zero"

    def _tell(self, what: str, data: dict) -> None:
        self._has_told = True
        warnings.warn(self._description(what, data), RuntimeWarning, stacklevel=5)

    def _description(self, what: str, data: dict) -> str:
        """Return what is wrong, and where it began."""
        hint = (
            "C.debugging.set_non_finite_policy('raise'), 'skip', 'zero' or 'ignore' chooses what "
            "happens; a smaller learning rate or gradient clipping may help"
        )
        return describe(what, *self._bad_data(data), *self._bad_parameters(), self._first(data),
                        hint=hint)  # fmt: skip

    def _bad_data(self, data: dict) -> Iterator[str]:
        """Yield which rows of data hold something that is no number."""
        for variable, given in data.items():
            rows, layout = rows_for(variable, given)
            if layout is None:
                continue
            is_bad = np.zeros(layout.rows, bool)
            if isinstance(rows, SparseRows):
                of_number = np.repeat(np.arange(layout.rows), np.diff(rows.indptr))
                is_bad[of_number[~np.isfinite(rows.data)]] = True
            else:
                is_bad |= ~np.isfinite(rows).reshape(len(rows), -1).all(axis=1)
            if is_bad.any():
                yield f"data      {variable}: {_places(np.flatnonzero(is_bad), layout)}"

    def _bad_parameters(self) -> Iterator[str]:
        for parameter in self._parameters:
            if not is_finite(parameter.value):
                yield f"parameter {parameter} holds values that are not finite"

    def _first(self, data: dict) -> str:
        """Compute the minibatch again, step by step, and return what goes wrong first."""
        checking = Checking()
        watch.start(checking)
        try:
            self._replay(data)
        except ExecutionError as error:
            lines = [line.strip() for line in str(error).splitlines()]
            return "first     " + "; ".join(line for line in lines if line)
        finally:
            watch.stop(checking)
        return "first     computed step by step, every number is finite: sums overflow"


def is_finite(gradient) -> bool:
    """Return whether all numbers of an array, or of the rows that are held of it, are finite."""
    numbers = np.asarray(held(gradient)).reshape(-1)
    if numbers.dtype.kind != "f":
        return True
    with np.errstate(all="ignore"):
        if numbers.dtype.itemsize >= 4 and math.isfinite(np.dot(numbers, numbers)):
            return True  # at the speed of memory; large numbers overflow in it, and are looked at
    return bool(np.isfinite(numbers).all())


def _make_finite(gradient) -> None:
    numbers = held(gradient)
    assert isinstance(numbers, np.ndarray)
    numbers[~np.isfinite(numbers)] = 0


def _places(rows: np.ndarray, layout) -> str:
    """Return samples, and frames of sequences, of packed rows."""
    shown = rows[:3]
    if layout.has_sequences:
        slots, times = layout.sequence_of_row, layout.time_of_row
        found = [f"sequence {slots[row]} frame {times[row]}" for row in shown]
    else:
        found = [f"sample {row}" for row in shown]
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return ", ".join(found) + more
