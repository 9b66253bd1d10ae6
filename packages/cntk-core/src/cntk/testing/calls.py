"""Calls: an operator applied to one of its samples, with a batch of data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cntk.axis import BATCH_AXIS, SEQUENCE_AXIS
from cntk.errors import ArgumentError
from cntk.graph.build import as_function
from cntk.graph.function import Function
from cntk.operators.declare import Operator, Sample
from cntk.shape import FREE
from cntk.sparse import SparseRows
from cntk.variables import Constant, Parameter, Variable, VariableKind

_LENGTHS = (2, 1, 3)  # of sequences
_AXES = {"batch": (BATCH_AXIS,), "sequence": (BATCH_AXIS, SEQUENCE_AXIS), "none": ()}


@dataclass
class Given:
    """An operand of a call.

    Attributes:
        name: its name in the signature of the operator.
        kind: ``batch``, ``sequence``, ``none``, ``parameter`` or ``constant``.
        array: its data; the first axis counts rows if it has dynamic axes.
        variable: the variable that the operator is applied to.
    """

    name: str
    kind: str
    array: np.ndarray
    variable: Variable

    @property
    def has_rows(self) -> bool:
        """Whether the data have a row for each sample or frame."""
        return self.kind in ("batch", "sequence")


class Call:
    """An operator on fresh variables, and data for them.

    Args:
        operator: the operator.
        number: number of the sample.
        dtype: element type of the operands.
        rows: samples in the batch, or sequences.
        by_frame: what is per sample gets a sequence axis.
        seed: first of the seeds of the values, one for each row.
        free: static axis whose size is free in operands that are per sample.
        sparse: names of operands whose data are sparse, if they are per sample.
        rounded_to: element type whose values the data have, though they are kept as ``dtype``.
    """

    def __init__(
        self, operator: Operator, number: int, dtype=np.float64, rows: int = 3,
        by_frame: bool = False, seed: int = 0, free: int | None = None,
        sparse: tuple[str, ...] = (), rounded_to=None,
    ) -> None:  # fmt: skip
        self.operator, self.number, self.dtype = operator, number, np.dtype(dtype)
        self.rows, self.lengths = rows, [_LENGTHS[i % len(_LENGTHS)] for i in range(rows)]
        self._by_frame, self._free, self._sparse = by_frame, free, sparse
        self._rounded_to = dtype if rounded_to is None else rounded_to
        samples = [draw(operator, number, seed + i) for i in range(sum(self.lengths))]
        self.sample = samples[0]
        self.operands = [
            self._given(position, kind, samples)
            for position, kind in enumerate(self._kinds())
            if self.sample.operands[position] is not None
        ]

    def _kinds(self) -> tuple[str, ...]:
        count, kinds = len(self.sample.operands), self.sample.axes
        if kinds and len(kinds) != count:
            raise ArgumentError(
                f"sample {self.number} of operator '{self.operator.name}' has {count} operands, "
                f"but axes={kinds}"
            )
        kinds = kinds or ("batch",) * count
        if self._by_frame:
            return tuple("sequence" if kind == "batch" else kind for kind in kinds)
        return kinds

    def _given(self, position: int, kind: str, samples: list[Sample]) -> Given:
        names, variadic = self.operator.signature.operands, self.operator.signature.variadic
        name = variadic or names[min(position, len(names) - 1)]
        counts = {"batch": self.rows, "sequence": len(samples)}
        data = [np.asarray(s.operands[position]) for s in samples[: counts.get(kind, 1)]]
        array = (np.stack(data) if kind in counts else data[0]).astype(self._rounded_to)
        if name in self._sparse and kind == "batch":
            array[np.random.default_rng(position).random(array.shape) < 0.5] = 0
        array = array.astype(self.dtype)
        is_one_of_many = variadic or len(self.sample.operands) > len(names)
        label = f"{name}{position}" if is_one_of_many else name
        return Given(name, kind, array, self._variable(name, label, kind, array))

    def _variable(self, name: str, label: str, kind: str, array: np.ndarray) -> Variable:
        if kind == "parameter":
            return Parameter(init=array, dtype=self.dtype, name=label)
        if kind == "constant":
            return Constant(array, dtype=self.dtype, name=label)
        shape = list(array.shape if kind == "none" else array.shape[1:])
        if self._free is not None and kind != "none" and -len(shape) <= self._free < len(shape):
            shape[self._free] = FREE
        is_sparse = name in self._sparse and kind == "batch"
        return Variable(
            shape, self.dtype, not is_sparse, is_sparse, _AXES[kind], label, VariableKind.Input
        )

    @property
    def attributes(self) -> dict:
        """The other arguments; random operators get a seed."""
        given = dict(self.sample.attributes)
        if "seed" in self.operator.signature.attributes:
            given.setdefault("seed", 1)
        return given

    @cached_property
    def function(self) -> Function:
        """The operator applied to the variables."""
        return self.function_of(lambda variable: variable)

    def function_of(self, change: Callable) -> Function:
        """Return the operator applied to variables, of which inputs are changed first.

        Args:
            change: function of a variable.
        """
        operands = [change(g.variable) if g.variable.is_input else g.variable
                    for g in self.operands]  # fmt: skip
        signature = self.operator.signature
        if signature.variadic or len(operands) > len(signature.operands):
            return as_function(self.operator(*operands, **self.attributes))
        by_name = dict(zip((given.name for given in self.operands), operands))
        return as_function(self.operator(**by_name, **self.attributes))

    @property
    def inputs(self) -> list[Given]:
        """The operands that are fed."""
        return [given for given in self.operands if given.variable.is_input]

    def differentiable(self) -> list[Variable]:
        """Return the variables whose gradient the operator may be asked for."""
        refused = self.operator.no_gradient
        return [g.variable for g in self.operands
                if g.variable.needs_gradient and g.name not in refused]  # fmt: skip

    def feed(
        self, change: Callable = lambda array: array, rows: slice = slice(None)
    ) -> dict[Variable, object]:
        """Return what is passed to ``eval``.

        Args:
            change: function of an operand's array that returns other data for it.
            rows: the samples, or sequences, that are fed.
        """
        return {g.variable: self._fed(g, change(g.array), rows) for g in self.inputs}

    def _fed(self, given: Given, array: np.ndarray, rows: slice) -> object:
        is_sparse = given.variable.is_sparse
        data = SparseRows.from_dense(array.reshape(len(array), -1)) if is_sparse else array
        if given.kind != "sequence":
            return data[rows] if given.has_rows else data
        ends = np.cumsum(self.lengths)
        return [data[end - n : end] for end, n in zip(ends, self.lengths)][rows]

    def results(self, feed: dict | None = None) -> list[np.ndarray]:
        """Return an array for each output, as ``eval`` gives it; frames of sequences joined."""
        return as_arrays(self.function, self.function.eval(self.feed() if feed is None else feed))

    def describe(self) -> list[str]:
        """Return the operands and attributes as lines of a message."""
        lines = [str(given.variable) for given in self.operands]
        lines += [f"{name}={value!r}" for name, value in self.sample.attributes.items()]
        has_sequences = any(given.kind == "sequence" for given in self.operands)
        rows = f"{self.rows} sequences of lengths {self.lengths}" if has_sequences else (
            f"{self.rows} samples")  # fmt: skip
        return [*lines, f"{rows}, {self.dtype}"]


def draw(operator: Operator, number: int, seed: int = 0) -> Sample:
    """Return a declared sample of an operator; another seed gives other values."""
    random = np.random.default_rng([seed, number])
    return operator.all_samples(lambda *shape: random.standard_normal(shape))[number]


def as_arrays(function: Function, found) -> list[np.ndarray]:
    """Return the result of ``eval`` as one array for each output; frames of sequences joined."""
    each = [found[output] for output in function.outputs] if isinstance(found, dict) else [found]
    return [
        np.concatenate(x) if isinstance(x, list) else _dense(x, output._dtype)
        for x, output in zip(each, function.outputs)
    ]


def _dense(result, dtype: np.dtype | None) -> np.ndarray:
    """Return a result as an array; SciPy's matrices know no float16, and come as float32."""
    return result.toarray().astype(dtype) if hasattr(result, "toarray") else np.asarray(result)
