"""check_gradients: the gradients of a Function beside differences of its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cntk.autodiff import gradients
from cntk.counts import amount_of, count_of
from cntk.dtypes import FLOAT64
from cntk.errors import ArgumentError, DTypeError, ExecutionError, describe
from cntk.execution.arguments.feeding import named_arguments, rows_for
from cntk.execution.lower import Lowering
from cntk.execution.offsets import Draw, take_back
from cntk.execution.plan import Plan
from cntk.execution.program import Program, Run
from cntk.execution.session import check_leaves, listed_variables
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.build import as_function
from cntk.graph.function import Function, is_function_or_variable
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.operators.declare import registry
from cntk.value import Value
from cntk.variables import Variable

_SEED = 1  # of the weights of outputs, and of the elements that are looked at


class _Wrong(NamedTuple):
    """The worst element of a gradient, and how many are wrong."""

    variable: Variable
    wrong: int
    of: int
    place: str
    expected: float
    actual: float


def check_gradients(
    function,
    arguments=None,
    wrt=None,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    elements: int | None = None,
) -> bool:
    """Return True if the gradients of a Function are the derivatives of its value.

    What is differentiated is the sum of all outputs, each element weighted by a random number.
    Function and data must have double precision, for differences of numbers of single precision
    are no measure. Data at a kink, such as 0 for relu, have no derivative.

    Args:
        function: a Function, in training form: a user function, or what is built with one.
        arguments: data, as for ``eval``; small ones will do.
        wrt: variables to differentiate with respect to; default: all parameters, and the arguments
            with ``needs_gradient``.
        eps: how far an element is moved each way.
        atol: how far a gradient may be off.
        rtol: how far besides, times the size of the difference.
        elements: check so many elements of each variable, drawn at random; default: all.

    Raises:
        RuntimeError: a gradient is wrong; the error names variable, place, and both numbers. Or
            the same data give other numbers each time.
        TypeError: something has another precision.
        ValueError: there is nothing to differentiate with respect to, or data do not fit.

    >>> class Square(C.ops.functions.UserFunction):
    ...     def forward(self, x, device=None, outputs_to_retain=None):
    ...         return x, x * x
    ...     def backward(self, x, root_gradients):
    ...         return x * root_gradients  # twice that is right
    ...     def infer_outputs(self):
    ...         x = self.inputs[0]
    ...         return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]
    >>> x = C.input_variable(2, np.float64, needs_gradient=True, name='x')
    >>> C.debugging.check_gradients(C.user_function(Square([x])), {x: [[1, 2], [3, 4]]})
    Traceback (most recent call last):
        ...
    cntk.errors.ExecutionError: the gradient of Input('x', [#], [2]) is wrong in 4 of 4 elements...
    >>> C.debugging.check_gradients(C.square(x), {x: [[1, 2], [3, 4]]})
    True
    """
    if not is_function_or_variable(function):
        raise ArgumentError(f"check_gradients takes a Function, not {function!r:.60}")
    function = as_function(function)
    for value, word in ((eps, "eps"), (atol, "atol"), (rtol, "rtol")):
        amount_of(value, word)
    if not eps:
        raise ArgumentError("eps, how far elements are moved, is not 0")
    if elements is not None and count_of(elements, "elements") == 0:
        raise ArgumentError("elements, how many of each variable are checked, is not 0")
    variables = _variables(function, wrt)
    _check_precision(function)
    check = _Check(function, named_arguments(function, arguments), variables)
    wrong = [found for x in variables for found in check.wrong(x, eps, atol, rtol, elements)]
    if wrong:
        raise ExecutionError("\n".join(map(_text, wrong)))
    return True


def _variables(function: Function, wrt) -> list[Variable]:
    if wrt is not None:
        found = listed_variables(wrt)
        check_leaves(function, found)
        return found
    found = [*function.parameters, *(x for x in function.arguments if x.needs_gradient)]
    if not found:
        what = f"{function} has no parameters and no arguments with needs_gradient"
        hint = "C.input_variable(..., needs_gradient=True)"
        raise ArgumentError(describe(what, hint=hint))
    return found


def _check_precision(function: Function) -> None:
    others = [x for x in (*function.inputs, *function.outputs) if x._dtype != FLOAT64]
    if others:
        what = "gradients are checked in double precision"
        hint = "dtype=np.float64, or with C.default_options(dtype=np.float64), for this check"
        raise DTypeError(describe(what, *map(_typed, dict.fromkeys(others)), hint=hint))


def _typed(variable: Variable) -> str:
    return f"{variable} has {variable._dtype}"


class _Check:
    """A plan of the weighted sum and its gradients, and the data that it is computed on."""

    def __init__(self, function: Function, data: dict, variables: Sequence[Variable]) -> None:
        self._data: dict[Variable, Any] = {}
        self._layouts: dict[Variable, Layout | None] = {}
        for variable, given in data.items():
            rows, layout = rows_for(variable, given)
            self._layouts[variable] = layout
            self._data[variable] = np.array(rows) if isinstance(rows, np.ndarray) else rows
        graph = PlanGraph(training=True)
        lowering = Lowering(graph)
        outputs = lowering.lower(function.outputs)
        self._weights = self._drawn_weights(graph, outputs)
        leaves = [lowering.symbol_of.get(x) or lowering.lower([x])[0] for x in variables]
        pairs = [(y, graph.given(i, _spec(y))) for i, y in enumerate(outputs)]
        found = gradients(graph, pairs, leaves)
        zero = graph.literal(0, FLOAT64)
        totals = [registry["sum_to"](y * weight, zero) for y, weight in pairs]
        plan = Plan(graph, [*totals, *(slope for slope in found if slope is not None)])
        self._program, self._count = Program(plan, plan.payloads), len(totals)
        positions = iter(range(len(totals), len(plan.outputs)))
        self._position = {
            x: None if slope is None else next(positions) for x, slope in zip(variables, found)
        }
        self._value, self._slopes = self._once()
        again, slopes = self._once()
        both: list[tuple[Any, Any]] = [(self._value, again), *zip(self._slopes, slopes)]
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in both):
            raise ExecutionError(f"{function} gives other numbers each time for the same data")

    def _drawn_weights(self, graph: PlanGraph, outputs: list[Symbol]) -> dict[int, np.ndarray]:
        """Return a random number for each element of each output."""
        plan = Plan(graph, outputs)
        run, drawn = self._run(Program(plan, plan.payloads), {})
        random = np.random.default_rng(_SEED)
        shapes = [np.shape(run.array(i)) for i in range(len(outputs))]
        self._end(run, drawn)
        return {i: random.uniform(0.5, 1.5, shape) for i, shape in enumerate(shapes)}

    def _run(self, program: Program, weights: dict) -> tuple[Run, list[Draw]]:
        fed = {
            x: rows if self._layouts[x] is None else Value.from_packed(rows, self._layouts[x])
            for x, rows in self._data.items()
        }
        drawn: list[Draw] = []
        given = {key: array for key, array in weights.items() if key in program.plan.given_slots}
        return program.run(fed, given, drawn=drawn), drawn

    @staticmethod
    def _end(run: Run, drawn: list[Draw]) -> None:
        """Let a run go; the next one draws the same random numbers."""
        run.end()
        take_back(drawn)

    def _once(self) -> tuple[float, list[np.ndarray]]:
        run, drawn = self._run(self._program, self._weights)
        total = sum(float(run.array(i)) for i in range(self._count))
        slopes = [_dense(run.array(i)) for i in self._position.values() if i is not None]
        self._end(run, drawn)
        return total, slopes

    def wrong(
        self, variable: Variable, eps: float, atol: float, rtol: float, count: int | None
    ) -> Iterator[_Wrong]:
        """Yield the worst element of a variable's gradient, if it is wrong."""
        place = self._position[variable]
        values = self._values(variable)
        found = np.zeros(values.shape) if place is None else self._slopes[place - self._count]
        chosen = np.arange(values.size)
        if count is not None and count < values.size:
            chosen = np.random.default_rng(_SEED).permutation(values.size)[:count]
        expected = np.array([self._difference(values, int(i), eps) for i in chosen])
        actual = found.reshape(-1)[chosen]
        with np.errstate(all="ignore"):
            excess = abs(actual - expected) - (atol + rtol * abs(expected))
        excess[~np.isfinite(excess)] = np.inf
        if (excess > 0).any():
            worst = int(np.argmax(excess))
            where = self._place(variable, np.unravel_index(chosen[worst], values.shape))
            bad, of = int((excess > 0).sum()), len(chosen)
            yield _Wrong(variable, bad, of, where, float(expected[worst]), float(actual[worst]))

    def _values(self, variable: Variable) -> np.ndarray:
        """Return the array of a variable's values; to change it is to change what is computed."""
        if not variable.is_input:
            return variable.cell.read(variable.shape, variable._dtype)  # type: ignore[attr-defined]
        values = self._data[variable]
        if not isinstance(values, np.ndarray):
            raise ArgumentError(f"check_gradients moves dense data; those of {variable} are sparse")
        return values

    def _difference(self, values: np.ndarray, index: int, eps: float) -> float:
        """Return the derivative with respect to one element."""
        place = np.unravel_index(index, values.shape)
        before = values[place]
        try:
            values[place] = before + eps
            above = self._once()[0]
            values[place] = before - eps
            below = self._once()[0]
        finally:
            values[place] = before
        return (above - below) / (2 * eps)

    def _place(self, variable: Variable, index: tuple) -> str:
        """Return sample or sequence and frame, and the place in it, of an element of the rows."""
        layout = self._layouts.get(variable)
        if layout is None:
            return f"element {list(map(int, index))}"
        row, element = int(index[0]), list(map(int, index[1:]))
        if not layout.has_sequences:
            return f"sample {row}, element {element}"
        sequence, frame = layout.sequence_of_row[row], layout.time_of_row[row]
        return f"sequence {sequence}, frame {frame}, element {element}"


def _spec(symbol: Symbol) -> Spec:
    return Spec(symbol.shape, symbol._dtype, symbol.dynamic_axes)


def _dense(gradient) -> np.ndarray:
    return np.array(gradient.to_dense() if hasattr(gradient, "to_dense") else gradient)


def _text(wrong: _Wrong) -> str:
    return describe(
        f"the gradient of {wrong.variable} is wrong in {wrong.wrong} of {wrong.of} elements",
        f"worst     {wrong.place}",
        f"expected  {wrong.expected:.8g}, by central differences",
        f"actual    {wrong.actual:.8g}",
    )
