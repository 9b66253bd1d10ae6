"""Learners written in Python by users."""

from __future__ import annotations

import numpy as np

from cntk.errors import ExecutionError, UnsupportedError
from cntk.learners.learner import Learner
from cntk.row_sparse import RowSparse
from cntk.tensor import NDArrayView


class UserLearner(Learner):
    """Base of learners written in Python: override :meth:`update`.

    Args:
        parameters: the parameters to change.
        lr_schedule: learning rate: a number or a schedule.
        as_numpy: hand gradients over as NumPy arrays, row-sparse ones as SciPy's CSR matrices;
            else as NDArrayViews. CNTK 2.7 hands over views always: the arrays have ``asarray`` and
            ``to_ndarray``, too.

    >>> class Descent(C.learners.UserLearner):
    ...     def update(self, gradient_values, training_sample_count, sweep_end):
    ...         for parameter, gradient in gradient_values.items():
    ...             parameter.value -= self.learning_rate() * gradient / training_sample_count
    ...         return True
    >>> x, w = C.input_variable(1), C.parameter(1, init=1)
    >>> loss = C.squared_error(w, x)
    >>> trainer = C.Trainer(loss, (loss,), [Descent([w], 0.5)])
    >>> trainer.train_minibatch({x: np.float32([[3], [5]])}), w.value
    (True, array([4.], dtype=float32))
    """

    def __init__(self, parameters, lr_schedule, as_numpy: bool = True) -> None:
        super().__init__(parameters, lr_schedule)
        self.as_numpy = as_numpy

    def update(self, gradient_values, training_sample_count, sweep_end=False) -> bool:
        """Update the parameters; return whether anything was done. To be overridden.

        Args:
            gradient_values: {parameter: gradient summed over the samples}.
            training_sample_count: number of samples in the minibatch.
            sweep_end: whether the minibatch ends a sweep through the data.
        """
        raise UnsupportedError(f"{type(self).__name__} must override update()")

    def _apply(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        values = {
            parameter: _shown(gradient, self.as_numpy)
            for parameter, gradient in zip(self.parameters, gradients)
        }
        done = self.update(values, num_samples, sweep_end)
        if not isinstance(done, (bool, int, np.bool_)):
            raise ExecutionError(
                f"{type(self).__name__}.update() must return whether anything was done, True or "
                f"False, not {done!r}"
            )
        return bool(done)


class _Gradient(np.ndarray):
    """An array that can be read like a view."""

    def asarray(self) -> np.ndarray:
        """Return a copy as a plain array."""
        return np.array(self)

    to_ndarray = asarray


def _shown(gradient, as_numpy: bool):
    """Return a gradient as the user's method wants it."""
    if isinstance(gradient, RowSparse):
        return gradient.to_scipy() if as_numpy else NDArrayView._wrap(gradient.to_csr(), True)
    return gradient.copy().view(_Gradient) if as_numpy else NDArrayView._wrap(gradient, True)
