"""Two files that change as one: a model, and the state of training that belongs to it.

No file system renames two files at once. So the state says which model it belongs to, by the size
and the checksum of the model's file, and the new state comes first, under a name of its own:

1. both files are written under temporary names;
2. the state becomes ``f.ckp.new``;
3. the model becomes ``f``: from here on the new pair counts;
4. the state becomes ``f.ckp``.

Whoever reads takes the state that belongs to the model, ``f.ckp.new`` or ``f.ckp``: whatever moment
the writer was killed in, these are the old pair or the new one. CNTK 2.7, which knows two names
only, ignores what the state says and finds a pair of its own, but between 3 and 4.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from cntk.storage.atomic import locked_folder, mode_of, staged_file, sync_folder
from cntk.storage.dictionary import Dictionary, SizeT
from cntk.storage.errors import DamagedFileError, ModelFileAccessError, ModelFileError
from cntk.storage.files import describe_dictionary, encode, read_stamped, write_message
from cntk.storage.seal import Stamp

Path = str | os.PathLike[str]

MODEL = "model_file"  # the key of the state that tells its model; CNTK 2.7 does not look at it


def state_path(path: Path) -> str:
    """Return the path of the state that lies beside a model."""
    return os.fspath(path) + ".ckp"


def write_pair(path: Path, model: Dictionary, state: Dictionary) -> None:
    """Write a model and the state that belongs to it, both or neither.

    Args:
        path: of the model; the state lies beside it, see :func:`state_path`.
        model: dictionary of the model.
        state: dictionary of the state.

    Raises:
        ModelFileError: the operating system refuses, or ``path`` is no regular file.
        TypeError: a value is of no type of the format.
        ValueError: a value cannot be stored.
    """
    file, beside, coming = os.fspath(path), state_path(path), _coming(path)
    for each in (file, beside):
        with _told(each):
            mode = mode_of(each)
        if mode is not None and not stat.S_ISREG(mode):
            raise ModelFileAccessError(
                "a checkpoint cannot be written here", file=each, expected="a regular file, or none"
            )
    try:
        with contextlib.ExitStack() as stack:
            with _told(file):
                new_model = stack.enter_context(staged_file(file))
                stamp = write_message(new_model.stream, *encode(model))
                new_model.finish()
            with _told(beside):
                new_state = stack.enter_context(staged_file(coming, like=beside))
                write_message(new_state.stream, *encode(_marked(state, stamp)))
                new_state.finish()
                stack.enter_context(locked_folder(os.path.dirname(coming)))
                _settle(path)
                new_state.place()
            with _told(file):
                new_model.place()
            with _told(beside):
                _take_place(path)
    except BaseException:
        with contextlib.suppress(OSError, ModelFileError):
            if not _is_due(path):
                os.unlink(coming)
        raise


def read_pair(path: Path) -> tuple[Dictionary, Dictionary, str]:
    """Return a model and the state that belongs to it, and the file that this was in.

    Raises:
        ModelFileError: a file cannot be opened or is damaged, or they do not belong together.
    """
    while True:
        before = _identity(path)
        model, stamp = read_stamped(path)
        try:
            return model, *_state_of(path, stamp)
        except ModelFileError:
            if _identity(path) == before:
                raise
            # somebody has written another pair meanwhile


def _state_of(path: Path, stamp: Stamp | None) -> tuple[Dictionary, str]:
    """Return the state that belongs to a model with this stamp, and the file that it was in."""
    coming, beside = _coming(path), state_path(path)
    if stamp is not None and _stamp_in(coming) == stamp:
        # it may go to its place meanwhile, and another one come
        with contextlib.suppress(ModelFileAccessError):
            state = read_stamped(coming)[0]
            if _stamp_of_model(state) == stamp:
                return state, coming
    state = read_stamped(beside)[0]
    expected = _stamp_of_model(state)
    if expected is not None and expected != stamp:
        raise DamagedFileError(
            f"this state of training does not belong to the model {os.fspath(path)!r}",
            file=beside,
            expected=f"a model of {_text(expected)}",
            actual="a model without checksum" if stamp is None else f"one of {_text(stamp)}",
            hint="the two files of a checkpoint are copied and renamed together; "
            "Function.restore takes the values of a model alone",
        )
    return state, beside


def describe_state(path: Path) -> Dictionary | None:
    """Return the state that belongs to a model, its arrays without values; None if there is none.

    Little is read, and checksums are not looked at.
    """
    try:
        found = _coming(path) if _is_due(path) else state_path(path)
        return describe_dictionary(found)[0]
    except ModelFileError:
        return None


def has_state(path: Path) -> bool:
    """Return whether there is a state beside a model, or one that comes."""
    return os.path.exists(state_path(path)) or os.path.exists(_coming(path))


def remove_pair(path: Path) -> None:
    """Remove a model and its state; what is left if this ends early is no pair.

    Raises:
        OSError: the operating system refuses.
    """
    for each in (os.fspath(path), _coming(path), state_path(path)):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(each)


def _identity(path: Path) -> tuple | None:
    """Return what tells a file from one that takes its place; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _coming(path: Path) -> str:
    """Return where the state lies that takes the place of the one there when its model does."""
    return os.path.realpath(state_path(path)) + ".new"


def _settle(path: Path) -> None:
    """Finish what a killed process left for step 4, before the next state takes that name."""
    try:
        is_due = _is_due(path)
    except ModelFileError:
        return  # there is no model, or none that can be read
    if is_due:
        _take_place(path)


def _take_place(path: Path) -> None:
    target = os.path.realpath(state_path(path))
    os.replace(_coming(path), target)
    sync_folder(os.path.dirname(target))


def _is_due(path: Path) -> bool:
    """Whether the state that comes belongs to the model that is there."""
    coming = _stamp_in(_coming(path))
    return coming is not None and describe_dictionary(path)[1] == coming


def _stamp_in(path: str) -> Stamp | None:
    """Return which model a state says it belongs to; None if there is no such file."""
    try:
        return _stamp_of_model(describe_dictionary(path)[0])
    except ModelFileError:
        return None


def _stamp_of_model(state: Dictionary) -> Stamp | None:
    told = state.optional(MODEL, Dictionary, Dictionary(), "the state of training")
    if not told:
        return None
    return Stamp(*(int(told.require(key, SizeT, MODEL)) for key in Stamp._fields))


def _marked(state: Dictionary, stamp: Stamp | None) -> Dictionary:
    """Return a state that says which model it belongs to."""
    assert stamp is not None  # regular files can be sealed
    told = Dictionary(zip(Stamp._fields, map(SizeT, stamp)))
    return Dictionary({**state, MODEL: told})


def _text(stamp: Stamp) -> str:
    return f"{stamp.size} bytes with checksum {stamp.checksum:08x}"


@contextlib.contextmanager
def _told(file: str) -> Iterator[None]:
    """Let errors of the operating system name a file."""
    try:
        yield
    except ModelFileError:
        raise
    except OSError as error:
        raise ModelFileAccessError.wrap(error, file, "the file cannot be written") from error
