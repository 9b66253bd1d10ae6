"""Operations that early releases of CNTK 2 wrote, as those that write the same today.

CNTK 2.7 still reads them. Losses of that time gave one number for the whole minibatch.
"""

from __future__ import annotations

from collections.abc import Callable

from cntk.storage import Dictionary, SizeT, StoredAxis

_STABLE_SIGMOID, _NO_OP = 75, 62
_MINUS, _ELEMENT_TIMES, _TRANSPOSE_TIMES, _REDUCE = 20, 21, 32, 39
_LAST = StoredAxis(0, "staticAxisIdx=0", True)
_ALL_STATIC = StoredAxis(2147483646, "AllStaticAxes")
_ALL = StoredAxis(2147483643, "AllAxes")


def modern(entry: Dictionary) -> list[Dictionary]:
    """Return the functions that an entry of a model stands for; the last one has its uid.

    Args:
        entry: a function with an operation, operands that are text, and a uid.

    Raises:
        ModelFileError: it has no attributes, not even none.
    """
    operands = entry["inputs"]
    count, build = _OLD.get(entry["op"], (None, None))
    return build(entry, *operands) if build and len(operands) == count else [entry]


def _sigmoid(entry: Dictionary, x: str) -> list[Dictionary]:
    return [_last(entry, _STABLE_SIGMOID, [x])]


def _pass(entry: Dictionary, x: str) -> list[Dictionary]:
    return [_last(entry, _NO_OP, [x])]


def _sum_all(entry: Dictionary, x: str) -> list[Dictionary]:
    return [_last(entry, _REDUCE, [x], _reduction("Sum", _ALL, keeps=False))]


def _squared_error(entry: Dictionary, prediction: str, target: str) -> list[Dictionary]:
    difference = _before(entry, "difference", _MINUS, [prediction, target])
    square = _before(entry, "square", _ELEMENT_TIMES, [_output(difference)] * 2)
    return [difference, square, *_sum_all(entry, _output(square))]


def _cross_entropy(entry: Dictionary, prediction: str, label: str) -> list[Dictionary]:
    total = _before(
        entry, "total", _REDUCE, [prediction], _reduction("LogSum", _LAST, keeps=True)
    )  # fmt: skip
    chosen = _before(
        entry, "chosen", _TRANSPOSE_TIMES, [label, prediction], Dictionary(outputRank=SizeT(1))
    )  # fmt: skip
    loss = _before(entry, "loss", _MINUS, [_output(total), _output(chosen)])
    return [total, chosen, loss, *_sum_all(entry, _output(loss))]


def _log_softmax(entry: Dictionary, x: str) -> list[Dictionary]:
    total = _before(entry, "total", _REDUCE, [x], _reduction("LogSum", _ALL_STATIC, keeps=False))
    return [total, _last(entry, _MINUS, [x, _output(total)])]


# number -> number of operands, what takes their place
_OLD: dict[int, tuple[int, Callable[..., list[Dictionary]]]] = {
    1: (1, _sigmoid),
    18: (1, _sum_all),
    34: (2, _squared_error),
    35: (2, _cross_entropy),
    51: (1, _log_softmax),
    56: (1, _pass),
}


def _reduction(name: str, axis: StoredAxis, keeps: bool) -> Dictionary:
    return Dictionary(reductionOpName=name, axis=axis, reductionKeepDimensions=keeps)


def _last(
    entry: Dictionary, op: int, inputs: list[str], attributes: Dictionary | None = None
) -> Dictionary:
    """Return a function with the uid, name and custom attributes of the old one."""
    kept = entry.require("attributes", Dictionary, f"function '{entry['uid']}'")
    both = Dictionary(kept, **(attributes or {}))
    function = Dictionary(entry, op=SizeT(op), inputs=inputs, attributes=both)
    function.offset = entry.offset
    return function


def _before(
    entry: Dictionary, role: str, op: int, inputs: list[str], attributes: Dictionary | None = None
) -> Dictionary:
    """Return a function that comes before the old one."""
    function = Dictionary(
        version=entry["version"],
        type="PrimitiveFunction",
        uid=f"{entry['uid']}_{role}",
        op=SizeT(op),
        inputs=inputs,
        attributes=attributes or Dictionary(),
    )
    function.offset = entry.offset
    return function


def _output(function: Dictionary) -> str:
    return f"{function['uid']}_Output_0"
