"""Where the pixels of one image lie in another that it was computed from.

An operator that slides windows relates positions by a stride and a shift: pixel ``o`` of its result
lies over pixel ``scale * o + shift`` of its operand, the middle of its window, rounded down. These
compose along a path through a plan's graph; what has no such relation ends the path.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from cntk.errors import ExecutionError
from cntk.ops._convolution.arguments import extend
from cntk.ops._convolution.sliding import SlidingAxis


class Relation(NamedTuple):
    """Pixel ``o`` of a result lies over pixel ``scale * o + shift`` along an axis."""

    scale: Fraction = Fraction(1)
    shift: Fraction = Fraction(0)

    def then(self, other: Relation) -> Relation:
        """Return the relation to the operand of the operand."""
        return Relation(self.scale * other.scale, other.scale * self.shift + other.shift)

    def inverse(self) -> Relation:
        """Return the relation in the other direction."""
        return Relation(1 / self.scale, -self.shift / self.scale)


_SAME = (Relation(), Relation())  # rows, columns


def offset_between(image, referent, ancestor=None, other_ancestor=None) -> tuple[int, int]:
    """Return the row and column of ``image`` that lie where ``referent`` begins.

    Args:
        image: symbol of a plan.
        referent: another symbol.
        ancestor: what ``image`` was computed from; default: whatever both have in common.
        other_ancestor: what ``referent`` was computed from, in the same place as ``ancestor``.

    Raises:
        ExecutionError: there is no common ancestor, or the images differ in scale there.
    """
    reached = _all_relations(image)
    if ancestor is not None:
        if ancestor.number not in reached:
            raise ExecutionError("Crop: the input does not depend on the given ancestor of it")
        reached = {other_ancestor.number: reached[ancestor.number]}
    found = _nearest(referent, reached)
    if found is None:
        raise ExecutionError(
            "Crop: Connected path between crop inputs not found. Unable to compute crop offsets. "
            "Only convolution, pooling, crop, slice and operators on single elements keep positions"
        )
    number, theirs = found
    rows, columns = (_offset(one, other) for one, other in zip(reached[number], theirs))
    return rows, columns


def _offset(ours: Relation, theirs: Relation) -> int:
    relation = theirs.then(ours.inverse())
    if relation.scale != 1:
        raise ExecutionError(
            "Crop: Composite transform has non 1 scale: a pixel of the referent is as large as "
            f"{float(relation.scale):g} pixels of the input"
        )
    offset = int(relation.shift)
    if offset < 0:
        raise ExecutionError(
            f"Crop: the referent begins {-offset} pixels before the input (negative offset)"
        )
    return offset


def _all_relations(image) -> dict[int, tuple[Relation, Relation]]:
    """Return the relations to everything that an image was computed from, by symbol number."""
    reached = {image.number: _SAME}
    pending = [image]
    while pending:
        symbol = pending.pop()
        for operand, relation in _operands(symbol):
            together = _composed(reached[symbol.number], relation)
            known = reached.get(operand.number)
            if known is None:
                reached[operand.number] = together
                pending.append(operand)
            elif known != together:
                raise ExecutionError(
                    "Crop: Different transforms along different paths to one image"
                )
    return reached


def _nearest(image, targets: dict) -> tuple[int, tuple[Relation, Relation]] | None:
    """Return the first target on the way back from an image, and the relation to it."""
    pending, seen = [(image, _SAME)], set()
    while pending:
        symbol, relation = pending.pop()
        if symbol.number in targets:
            return symbol.number, relation
        if symbol.number not in seen:
            seen.add(symbol.number)
            pending.extend((x, _composed(relation, more)) for x, more in _operands(symbol))
    return None


def _composed(first: tuple, second: tuple) -> tuple[Relation, Relation]:
    return first[0].then(second[0]), first[1].then(second[1])


def _operands(symbol) -> list[tuple]:
    """Return the operands whose positions a symbol keeps, with the relations to them."""
    step = symbol.source
    if not hasattr(step, "operator"):
        return []
    name = step.operator.name
    if step.operator.family == "elementwise":
        return [(operand, _SAME) for operand in step.operands]
    rule = _RULES.get(name)
    return [] if rule is None else [rule(step)]


def _kept(step) -> tuple:
    return step.operands[0], _SAME


def _convolve(step) -> tuple:
    kernel, operand = step.operands
    return operand, _windows(operand.shape, kernel.shape, step.attributes)


def _convolve_transposed(step) -> tuple:
    kernel, operand = step.operands
    rows, columns = _windows(step.outputs[0].shape, kernel.shape, step.attributes)
    return operand, (rows.inverse(), columns.inverse())


def _pool(step) -> tuple:
    (x,) = step.operands
    return x, _windows(x.shape, step.attributes["pooling_window_shape"], step.attributes)


def _windows(
    shape: tuple[int, ...], window: tuple[int, ...], options: dict
) -> tuple[Relation, Relation]:
    """Return the relations of rows and columns for a window that slides."""
    lists = {}
    for name in ("strides", "auto_padding", "lower_pad", "dilation"):
        values = options.get(name, (1,))  # only pooling has no dilation
        lists[name] = values if len(values) >= len(window) else extend(name, values, len(window))
    relations = []
    for axis in (-2, -1):
        stride, dilation, auto_pad = (
            lists[name][axis] for name in ("strides", "dilation", "auto_padding")
        )
        slides = SlidingAxis.fit(
            shape[axis], window[axis], stride, dilation, auto_pad, lists["lower_pad"][axis]
        )
        middle = (slides.extent - 1) // 2
        relations.append(Relation(Fraction(stride), Fraction(middle - slides.lower)))
    return relations[0], relations[1]


def _cut(step) -> tuple:
    (x,) = step.operands
    relations = list(_SAME)
    for axis, begin, _, stride in step.attributes["ranges"]:
        position = axis - len(x.shape)
        size = x.shape[axis]
        if position in (-2, -1) and stride > 0 and size > 0:
            first = begin + size if begin < 0 else begin
            relations[position] = Relation(Fraction(stride), Fraction(first))
    return x, tuple(relations)


def _crop_to(step) -> tuple:
    rows, columns = step.attributes["offset"]
    return step.operands[0], (Relation(shift=Fraction(rows)), Relation(shift=Fraction(columns)))


_RULES = {
    "convolve": _convolve,
    "convolve_transposed": _convolve_transposed,
    "max_pooling": _pool,
    "average_pooling": _pool,
    "cut": _cut,
    "crop_to": _crop_to,
    "batch_normalization": _kept,
    "expand_to": _kept,
    "spread_rows": _kept,
}
