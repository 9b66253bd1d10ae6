"""The declaration language: one operator, one place.

A public function decorated with :func:`operator` is the operator; the functions decorated with its
neighbours (``@op.reference``, ``@op.gradient``, ``@op.shape``, ...) are the rest of its life. A
:func:`composite` builds its result from other operators and needs nothing else.

Operators are polymorphic: on variables they build the user's graph, on the symbols of a plan they
build the plan. Gradients and bodies of composites are therefore written once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cntk.errors import CNTKError
from cntk.graph.build import apply_composite, apply_operator
from cntk.operators.associative import balanced
from cntk.operators.refused import refused
from cntk.operators.signature import NamedRule, Rule, Signature
from cntk.operators.stored import Block, Primitive

registry: dict[str, Operator] = {}
WITHIN_PLANS = frozenset({"chain", "reorder", "scan", "together"})  # only plans make them


if TYPE_CHECKING:
    from cntk.execution.kernels import Kernel

    Operand = Any  # bodies of composites compute with operands
else:

    class Operand:
        """Marks a parameter as an operand: a variable, Function, number, list or NumPy array."""


@dataclass
class Sample:
    """One call of an operator that the shared checks and benchmarks run.

    Args:
        operands: arrays, one per operand (first axis: samples, unless ``axes`` says otherwise).
        attributes: the other arguments.
        kink: the gradient is one-sided here, finite differences do not apply.
        axes: per operand ``"batch"`` (default), ``"sequence"``, ``"none"``, ``"parameter"`` or
            ``"constant"``; a value of another kind is the operator's own argument ``axes``.
    """

    operands: tuple
    attributes: dict = field(default_factory=dict)
    kink: bool = False
    axes: tuple[str, ...] = ()

    def __init__(self, *operands, kink=False, axes=(), **attributes) -> None:
        if not (isinstance(axes, tuple) and all(isinstance(word, str) for word in axes)):
            axes, attributes["axes"] = (), axes
        self.operands, self.attributes, self.kink, self.axes = operands, attributes, kink, axes


@dataclass(frozen=True)
class Like:
    """Shape of a saved output: that of an operand or of the output ``y``.

    Args:
        name: the operand's name or ``"y"``.
        dtype: element type if it differs.
    """

    name: str = "y"
    dtype: np.dtype | None = None


class Operator:
    """A declared operator; call it to apply it.

    The neighbours receive what their parameters name: operands, attributes, and in gradients also
    outputs (``y``), their gradients (``dy``), saved outputs, and ``wanted`` (operands to fill).
    """

    is_composite = False
    own_kernel: Kernel | None = None  # of an operator that one step alone has
    goes_by_step = False  # in a recurrence, whatever it asks of the layout of one time step

    def __init__(
        self,
        function: Callable,
        *,
        family: str,
        stored: Primitive | Block | None,
        outputs: tuple[str, ...] = ("y",),
        suffixes: tuple[str, ...] = (),
        saves: dict[str, Like] | None = None,
        updates: dict[str, str] | None = None,
        update_stage: str = "forward",
        no_gradient: Iterable[str] = (),
        gradient_of: str = "value",
        runtime: Iterable[str] = (),
        sparse: Iterable[str] = (),
        is_random: bool = False,
        view: bool = False,
        derives_layout: bool = False,
        associative: bool = False,
        reconciles: bool = False,
        continues: bool = False,
    ) -> None:
        functools.update_wrapper(self, function)
        self.name, self.family, self.stored = function.__name__.rstrip("_"), family, stored
        self.signature = Signature(function)
        self._absent = [*self.signature.optional, *(["passage"] if continues else [])]
        self.outputs, self.suffixes = outputs, suffixes
        self.saves, self.updates, self.update_stage = saves or {}, updates or {}, update_stage
        self.no_gradient, self.gradient_of = frozenset(no_gradient), gradient_of
        self.runtime, self.sparse, self.is_random = frozenset(runtime), frozenset(sparse), is_random
        self.is_view, self.is_associative = view, associative
        self.derives_layout, self.continues = derives_layout, continues
        two = family == "elementwise" and len(self.signature.operands) == 2
        self.reconciles = reconciles or two
        words = self.name.strip("_").split("_")
        self.op_name = stored.name if stored else "".join(word.title() for word in words)
        self.rules: dict[str, Rule] = {}
        self._samples: Callable | None = None

    def __call__(self, *args, **kwargs):
        if self.is_associative and len(args) > 2 and not isinstance(args[2], str):
            return balanced(self, *args, **kwargs)
        operands, attributes, name = self.signature.bind(args, kwargs)
        symbol = next((operand for operand in operands if hasattr(operand, "emit")), None)
        try:
            prepare = self.rules.get("prepare")
            if prepare:
                operands, attributes = prepare(self._available(operands, attributes), attributes)
            if symbol is not None:
                return symbol.emit(self, operands, attributes)
            return self.apply(operands, attributes, name)
        except CNTKError as error:
            if symbol is not None:  # a plan is being made: what is called is not the user's
                raise
            raise refused(error, self, operands) from None

    def apply(self, operands, attributes: dict, name: str = ""):
        """Return the Function that applies this operator to prepared operands."""
        return apply_operator(self, operands, attributes, name)

    def _available(self, operands, attributes: dict) -> dict:
        """Return operands and attributes by name."""
        if self.signature.variadic:
            return {self.signature.variadic: tuple(operands), **attributes}
        by_name = dict(zip(self.signature.operands, operands))
        return {**dict.fromkeys(self._absent), **by_name, **attributes}

    def run_rule(self, word: str, operands, attributes: dict, **more):
        """Call a neighbour by name."""
        return self.rules[word]({**self._available(operands, attributes), **more}, attributes)

    def _add(self, word: str, function: Callable, more: Iterable[str] = ()) -> Callable:
        allowed = {*self.signature.operands, *self.signature.attributes, *more}
        self.rules[word] = NamedRule(function, allowed, self.name)
        return function

    def prepare(self, function: Callable) -> Callable:
        """Declare how a call's arguments become (operands, attributes); runs before anything."""
        return self._add("prepare", function)

    def shape(self, function: Callable) -> Callable:
        """Declare the static shape of the output(s): operands in, a shape (or list) out."""
        return self._add("shape", function)

    def complete(self, function: Callable) -> Callable:
        """Declare attributes that follow from the operands' shapes, as a dict to be merged in.

        Runs before the shape rule, once the ranks of all operands are known.
        """
        return self._add("complete", function)

    def guess(self, function: Callable) -> Callable:
        """Declare the static shape to assume, in a recurrence, while an operand is not known."""
        return self._add("guess", function)

    def num_outputs(self, function: Callable) -> Callable:
        """Declare how many outputs there are, where attributes leave out some of those named.

        The shape rule agrees with it; this one is asked while shapes are not known.
        """
        return self._add("num_outputs", function)

    def axes(self, function: Callable) -> Callable:
        """Declare the dynamic axes of the output; default: those of all operands together."""
        return self._add("axes", function)

    def by_row(self, function: Callable) -> Callable:
        """Declare whether each row of the result depends on that row of the operands alone.

        Default: it does in the families ``elementwise`` and ``per_sample``.
        """
        return self._add("by_row", function)

    def dtype(self, function: Callable) -> Callable:
        """Declare the element type of the output; default: that of the operands."""
        return self._add("dtype", function)

    def reference(self, function: Callable) -> Callable:
        """Declare the NumPy computation: it checks the kernels, and serves where there is none."""
        return self._add("reference", function, ("has_rows", "layouts", "out_shape"))

    def gradient(self, function: Callable) -> Callable:
        """Declare the gradient, written with operators; one entry per operand, None for none."""
        named = {f"d{name}" for name in (*self.outputs, *self.saves)}
        return self._add("gradient", function, {*self.outputs, *self.saves, *named, "wanted"})

    def lower(self, function: Callable) -> Callable:
        """Declare what the operator is in a plan, written with operators."""
        return self._add("lower", function, ("passage",) if self.continues else ())

    def storage(self, function: Callable) -> Callable:
        """Declare the :class:`~cntk.sparse.Storage` of the output; default: it is dense."""
        return self._add("storage", function)

    def inference(self, function: Callable) -> Callable:
        """Declare what the operator is outside training, written with operators."""
        return self._add("inference", function)

    def samples(self, function: Callable) -> Callable:
        """Declare what the shared checks run: a generator of Sample, given ``make(*shape)``."""
        self._samples = function
        return function

    def all_samples(self, make: Callable) -> list[Sample]:
        """Return the declared samples."""
        return list(self._samples(make)) if self._samples else []

    @property
    def has_gradient(self) -> bool:
        """Whether gradients pass through."""
        return "gradient" in self.rules or "lower" in self.rules

    @property
    def is_pure(self) -> bool:
        """Whether equal operands give equal outputs, so that a plan may merge two nodes."""
        return not (self.is_random or self.updates)

    def __repr__(self) -> str:
        return f"<operator {self.name}>"


class Composite(Operator):
    """An operator whose body builds the result from other operators."""

    is_composite = True

    def __init__(
        self, function: Callable, *, stored: Block | None, associative: bool = False
    ) -> None:
        super().__init__(function, family="composite", stored=stored, associative=associative)
        self.body = function

    def expand(self, operands, attributes: dict, name: str | None = None):
        """Return what the body builds."""
        named = {} if name is None or "name" not in self.signature.names else {"name": name}
        if self.signature.variadic:
            return self.body(*operands, **attributes, **named)
        return self.body(**dict(zip(self.signature.operands, operands)), **attributes, **named)

    def apply(self, operands, attributes: dict, name: str = ""):
        return apply_composite(self, operands, attributes, name)


def operator(**options) -> Callable[[Callable], Operator]:
    """Declare a primitive operator; its function has an empty body.

    Args:
        family: ``elementwise`` (operands broadcast; gradients are summed back), ``per_sample``
            (each sample by itself; needs a shape rule) or ``whole`` (own axes rule).
        stored: what it is in the original's graph and files.
        outputs: names of its outputs.
        suffixes: what is added to the name that users give, per output; default: nothing.
        saves: outputs that only the gradient reads, name -> Like.
        updates: operand name -> name of the saved output written to that operand's cell.
        no_gradient: operands that never take a gradient, and outputs that never give one.
        gradient_of: ``"surrogate"`` when the gradient is not the derivative of the value.
        runtime: attributes that may change without a new plan.
        sparse: operands that may be sparse; others are made dense.
        is_random: draws random numbers (attributes ``seed`` and ``rng_offset``).
        derives_layout: the output has a sequence axis of its own; the reference returns
            (array, Layout).
        view: the reference returns its first operand's memory in another shape or order.
        associative: a call may give more than two operands: a balanced tree.
        reconciles: an operand per sample may meet one per frame, as with elementwise operators of
            two operands; outside of blocks it is repeated for each frame.
        continues: it reads frames of the minibatch before where sequences go on; the rule ``lower``
            gets, as ``passage``, what leads to them.
    """

    def declare(function: Callable) -> Operator:
        options.setdefault("stored", None)
        return _register(Operator(function, **options))

    return declare


def composite(
    stored: Block | None = None, associative: bool = False
) -> Callable[[Callable], Composite]:
    """Declare an operator that is built from others.

    Args:
        stored: makes it a block.
        associative: a call may give more than two operands: a balanced tree.
    """

    def declare(function: Callable) -> Composite:
        return _register(Composite(function, stored=stored, associative=associative))

    return declare


Declared = TypeVar("Declared", bound=Operator)


def _register(declared: Declared) -> Declared:
    known = registry.get(declared.name)
    if known is not None and known.__module__ != declared.__module__:
        raise ValueError(
            f"operator '{declared.name}' is declared twice: "
            f"in {known.__module__} and in {declared.__module__}"
        )
    registry[declared.name] = declared
    return declared
