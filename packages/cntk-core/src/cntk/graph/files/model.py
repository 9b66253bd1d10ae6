"""A model dictionary with its parts checked and found by uid; no graph yet."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cntk.graph.files.old_operations import modern
from cntk.storage import Dictionary, ModelFileError, SizeT

MODEL_VERSION, FUNCTION_VERSION, USER_FUNCTION_VERSION = 3, 24, 1
KNOWN_FUNCTIONS = {
    "PrimitiveFunction": FUNCTION_VERSION,
    "UserDefinedFunction": USER_FUNCTION_VERSION,
}
COMBINE, BLOCK = 44, 57
# An operation that CNTK 2.7 does not have, by the name under which an operator is declared: the
# first number that 2.7 refuses.
BY_NAME = 98
CUSTOM = "customAttributes"  # the key of the user's own attributes

_OUTPUT = re.compile(r"(.+)_Output_(\d{1,9})", re.DOTALL)
_NUMBER = re.compile(r"\d{1,18}\Z")


@dataclass
class StoredFunction:
    """One function of a model; ``op`` is None for user functions."""

    uid: str
    entry: Dictionary
    op: int | None
    inputs: list[str]
    name: str

    @property
    def where(self) -> str:
        """The function, for errors."""
        return f"function '{self.uid}'"

    @property
    def attributes(self) -> Dictionary:
        """The attributes of a primitive function or block."""
        return self.entry.require("attributes", Dictionary, self.where)


@dataclass
class StoredModel:
    """The parts of a model by uid, in the order of the file."""

    uid: str
    name: str
    root: str
    leaves: dict[str, Dictionary] = field(default_factory=dict)
    functions: dict[str, StoredFunction] = field(default_factory=dict)

    def owner(self, uid: str) -> tuple[StoredFunction, int] | None:
        """Return the function that has an output with this uid, and the output's number."""
        match = _OUTPUT.fullmatch(uid)
        function = self.functions.get(match[1]) if match else None
        return None if function is None or match is None else (function, int(match[2]))

    def entry(self, uid: str) -> Dictionary | None:
        """Return the entry of a leaf, or of the function that has an output with this uid."""
        owner = self.owner(uid)
        return self.leaves.get(uid) if owner is None else owner[0].entry

    def largest_number(self) -> int:
        """Return the largest number at the end of a uid; new uids have to be larger."""
        matches = (_NUMBER.search(uid) for uid in (*self.leaves, *self.functions, self.uid))
        return max((int(match[0]) for match in matches if match), default=0)


def read_model(dictionary: Dictionary) -> StoredModel:
    """Return the parts of a model dictionary.

    Raises:
        ModelFileError: it is no model, or a part is missing, of the wrong type, or there twice.
    """
    kind = dictionary.get("type")
    is_composite = type(kind) is str and kind == "CompositeFunction"
    if not is_composite or "primitive_functions" not in dictionary:
        raise ModelFileError(
            "the file is no model",
            offset=dictionary.offset,
            expected="a dictionary of type CompositeFunction",
            actual="the state of a trainer, the second file of a checkpoint"
            if "Learners" in dictionary
            else f"keys {', '.join(sorted(dictionary)) or 'none at all'}",
        )
    check_kind(dictionary, {"CompositeFunction": MODEL_VERSION}, "the model")
    model = StoredModel(
        dictionary.require("uid", str, "model"),
        dictionary.optional("name", str, "", "model"),
        dictionary.require("root", str, "model"),
    )
    for i, entry in enumerate(dictionary.require("inputs", list, "model")):
        with located(entry, dictionary):
            uid = _uid(entry, f"inputs[{i}]", model)
        model.leaves[uid] = entry
    for i, entry in enumerate(dictionary.require("primitive_functions", list, "model")):
        with located(entry, dictionary):
            _add_functions(entry, f"primitive_functions[{i}]", model)
    if model.root not in model.functions:
        raise ModelFileError(
            f"the root '{model.root}' is no function of the model", offset=dictionary.offset
        )
    return model


@contextmanager
def located(*entries: object) -> Iterator[None]:
    """Let errors tell the offset of the first of these dictionaries that has one."""
    try:
        yield
    except ModelFileError as error:
        offsets = (getattr(entry, "offset", None) for entry in entries)
        offset = next((found for found in offsets if found is not None), None)
        raise error.located(offset=offset) from error.__cause__


def _add_functions(entry: Dictionary, where: str, model: StoredModel) -> None:
    function = _function(entry, _uid(entry, where, model))
    for part in (entry,) if function.op is None else modern(entry):
        uid = _uid(part, where, model)
        model.functions[uid] = _function(part, uid)


def _uid(entry: object, where: str, model: StoredModel) -> str:
    if not isinstance(entry, Dictionary):
        raise ModelFileError(f"{where} is no dictionary")
    uid = entry.require("uid", str, where)
    if uid in model.leaves or uid in model.functions:
        raise ModelFileError(f"{where} has the uid '{uid}' of another part of the model")
    return uid


def _function(entry: Dictionary, uid: str) -> StoredFunction:
    where = f"function '{uid}'"
    kind = check_kind(entry, KNOWN_FUNCTIONS, where)
    is_user_function = kind == "UserDefinedFunction"
    return StoredFunction(
        uid,
        entry,
        None if is_user_function else entry.require("op", SizeT, where),
        texts(entry, "inputs", where),
        entry.optional("name", str, "", where),
    )


def texts(entry: Dictionary, key: str, where: str) -> list[str]:
    """Return the value of a key, a list of strings.

    Raises:
        ModelFileError: it is missing or something else.
    """
    found = entry.require(key, list, where)
    if not all(type(item) is str for item in found):
        raise ModelFileError(f"key '{key}' of {where} holds something else than text")
    return found


def check_kind(entry: Dictionary, known: dict[str, int], what: str) -> str:
    """Return the type of an entry; warn when its version is newer than the one known.

    Args:
        entry: of a model.
        known: the possible types and their newest versions.
        what: the entry, for messages.

    Raises:
        ModelFileError: it is of another type.
    """
    kind = entry.require("type", str, what)
    if kind not in known:
        raise ModelFileError(
            f"{what} has an unknown type", expected=" or ".join(known), actual=f"{kind!r:.60}"
        )
    version = entry.require("version", SizeT, what)
    if version > known[kind]:
        warnings.warn(
            f"{what} has version {version}, newer than {known[kind]}; what is new in it is ignored",
            stacklevel=2,
        )
    return kind
