"""Axes: static ones by position, dynamic ones (batch, sequences) by name."""

from __future__ import annotations

from cntk.errors import AxisError

_STATIC, _DYNAMIC, _ALL_STATIC, _UNKNOWN, _NEW_LEADING, _ALL = range(6)
# what CNTK 2.7 stores as the index of each kind of axis
_SENTINEL = {
    _DYNAMIC: 2147483647,
    _ALL_STATIC: 2147483646,
    _UNKNOWN: 2147483645,
    _NEW_LEADING: 2147483644,
    _ALL: 2147483643,
}
_KIND_OF_SENTINEL = {index: kind for kind, index in _SENTINEL.items()}
_BATCH = "defaultBatchAxis"
_names: set[str] = set()  # of the dynamic axes that were made
_next_number: dict[str, int] = {}


class Axis:
    """An axis of a variable: static (an index) or dynamic (a name).

    Args:
        axis: an integer makes a static axis (0 is the first static axis, -1 the last), a string a
            dynamic sequence axis. Two dynamic axes are equal when their names are.
        is_ordered: whether positions along a dynamic axis have an order; those along a batch have
            none.

    >>> Axis('frames') == Axis('frames'), Axis(1).is_static_axis
    (True, True)
    >>> Axis.default_batch_axis()
    Axis('defaultBatchAxis')
    """

    __slots__ = ("_hash", "_index", "_key", "_kind", "_name", "_ordered")

    def __init__(self, axis: int | str = "", is_ordered: bool = True) -> None:
        if isinstance(axis, str):
            self._set(_DYNAMIC, None, axis, bool(is_ordered) and axis != _BATCH)
            _names.add(axis)
        elif isinstance(axis, int) and not isinstance(axis, bool):
            kind = _KIND_OF_SENTINEL.get(axis, _STATIC)
            if kind is _STATIC or kind is _DYNAMIC:
                self._set(_STATIC, axis, f"staticAxisIdx={axis}", True)
            else:
                like = _of_kind(kind)
                self._set(kind, None, like._name, like._ordered)
        else:
            raise TypeError(f"Axis takes an int (static) or a str (dynamic), not {axis!r}")

    def _set(self, kind: int, index: int | None, name: str, ordered: bool) -> None:
        self._kind, self._index, self._name, self._ordered = kind, index, name, ordered
        self._key = (kind, index, name if kind == _DYNAMIC else "")  # as in CNTK 2.7: no order
        self._hash = hash(self._key)

    @classmethod
    def _make(cls, kind: int, name: str, ordered: bool) -> Axis:
        axis = cls.__new__(cls)
        axis._set(kind, None, name, ordered)
        _names.add(name)
        return axis

    @property
    def name(self) -> str:
        """The axis name, as CNTK 2.7 shows it."""
        return self._name

    @property
    def is_static_axis(self) -> bool:
        """Whether this is one static axis."""
        return self._kind in (_STATIC, _NEW_LEADING)

    def is_dynamic_axis(self) -> bool:
        """Return whether this is a batch or sequence axis."""
        return self._kind == _DYNAMIC

    @property
    def is_batch_axis(self) -> bool:
        """Whether this is the batch axis."""
        return self._kind == _DYNAMIC and not self._ordered

    @property
    def is_sequence_axis(self) -> bool:
        """Whether this is a sequence axis."""
        return self._kind == _DYNAMIC and self._ordered

    @property
    def is_ordered(self) -> bool:
        """Whether positions along this axis have an order."""
        return self._ordered

    def static_axis_index(self, checked: bool = True) -> int:
        """Return the index of a static axis; raise ValueError for any other kind if ``checked``."""
        if self._index is not None:
            return self._index
        if checked:
            raise AxisError("Cannot query the static axis index for a non-static axis")
        return _SENTINEL[self._kind]

    @staticmethod
    def all_axes() -> Axis:
        """Return the axis that stands for all static and dynamic axes."""
        return ALL_AXES

    @staticmethod
    def all_static_axes() -> Axis:
        """Return the axis that stands for all static axes."""
        return ALL_STATIC_AXES

    @staticmethod
    def default_batch_axis() -> Axis:
        """Return the batch axis."""
        return BATCH_AXIS

    @staticmethod
    def default_dynamic_axis() -> Axis:
        """Return the default sequence axis."""
        return SEQUENCE_AXIS

    @staticmethod
    def default_input_variable_dynamic_axes() -> tuple[Axis, Axis]:
        """Return (batch axis, default sequence axis)."""
        return BATCH_AXIS, SEQUENCE_AXIS

    @staticmethod
    def unknown_dynamic_axes() -> tuple[Axis]:
        """Return the dynamic axes of a placeholder: not known yet."""
        return UNKNOWN_AXES

    @staticmethod
    def new_leading_axis() -> Axis:
        """Return the position before the first static axis."""
        return NEW_LEADING_AXIS

    @staticmethod
    def end_static_axis() -> Axis:
        """Return the position behind the last static axis in CNTK's order: before the first."""
        return NEW_LEADING_AXIS

    @staticmethod
    def operand_sequence_axis() -> Axis:
        """Return the axis that CNTK 2.7 writes for "the sequence axis of the operand"."""
        return OPERAND_SEQUENCE_AXIS

    @staticmethod
    def new_unique_dynamic_axis(name: str) -> Axis:
        """Return a sequence axis of a new name: the given one, with a number if an axis has it."""
        unique = name
        while unique in _names:
            _next_number[name] = _next_number.get(name, 0) + 1
            unique = f"{name}{_next_number[name]}"
        return Axis(unique)

    def as_string(self) -> str:
        """Return what it prints as."""
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Axis) and self._key == other._key

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Axis('{self._name}')"


BATCH_AXIS = Axis._make(_DYNAMIC, _BATCH, False)
SEQUENCE_AXIS = Axis._make(_DYNAMIC, "defaultDynamicAxis", True)
OPERAND_SEQUENCE_AXIS = Axis._make(_DYNAMIC, "__operandSequenceAxis", True)
ALL_STATIC_AXES = Axis._make(_ALL_STATIC, "AllStaticAxes", False)
UNKNOWN_AXIS = Axis._make(_UNKNOWN, "UnknownAxes", False)
UNKNOWN_AXES = (UNKNOWN_AXIS,)
NEW_LEADING_AXIS = Axis._make(_NEW_LEADING, "staticAxisIdx=2147483644", True)
ALL_AXES = Axis._make(_ALL, "AllAxes", False)


def _of_kind(kind: int) -> Axis:
    return {
        _ALL_STATIC: ALL_STATIC_AXES,
        _UNKNOWN: UNKNOWN_AXIS,
        _NEW_LEADING: NEW_LEADING_AXIS,
        _ALL: ALL_AXES,
    }[kind]


def static_index(axis: int | Axis, rank: int, what: str = "") -> int:
    """Return a static axis as an index 0..rank-1; raise AxisError when it is out of bounds."""
    index = axis.static_axis_index() if isinstance(axis, Axis) else int(axis)
    if not -rank <= index < rank:
        raise AxisError(
            f"{what + ': ' if what else ''}Axis 'Axis('staticAxisIdx={index}')' is out of bounds "
            f"for the rank '{rank}' it applies to."
        )
    return index % rank if rank else 0
