"""What is said when data do not fit the variable that they are fed to."""

from __future__ import annotations

from cntk.dtypes import dtype_name
from cntk.errors import (
    ArgumentError,
    CNTKError,
    DTypeError,
    ExecutionError,
    ShapeError,
    describe,
)
from cntk.shape import shape_text
from cntk.variables import Variable, axes_text


def expected_form(variable: Variable) -> str:
    """Return in words what may be fed to a variable."""
    shape, axes = variable.shape, variable.dynamic_axes
    if variable.is_sparse:
        what = f"a SciPy CSR matrix of {shape[-1]} columns, or C.Value.one_hot"
        return what if len(axes) < 2 else f"a list, per sequence {what}"
    sizes = [str(n) if n > 0 else "n" for n in shape]
    if not axes:
        return f"an array {_tuple(sizes)}"
    if len(axes) == 1:
        return f"an array {_tuple(['samples', *sizes])}"
    return f"a list of arrays {_tuple(['frames', *sizes])}, one per sequence"


def _tuple(sizes: list[str]) -> str:
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def _misfit(kind: type[CNTKError], what: str, variable: Variable, hint: str = "") -> CNTKError:
    hint = hint or expected_form(variable)
    return kind(describe(what, made_at=variable.made_at, hint=hint))


def wrong_shape(variable: Variable, shape: tuple[int, ...]) -> CNTKError:
    """Return the error for data whose last sizes are not the variable's."""
    what = (
        f"The trailing dimensions of the Value shape '{shape_text(tuple(shape))}' do not match "
        f"the Variable '{variable}' shape '{shape_text(variable.shape)}'."
    )
    hint = expected_form(variable)
    if len(shape) == len(variable.shape) == len(variable.dynamic_axes) == 1:
        hint += f"; of class numbers, np.eye({variable.shape[0]}, dtype=np.float32)[numbers]"
    return _misfit(ShapeError, what, variable, hint)


def unknown_name(key: object, expected) -> CNTKError:
    """Return the error for data under a name, or a stream, that no argument has."""
    names = [variable.name or variable.uid for variable in expected]
    what = (
        f'variable with name "{key}" does not exist in the network. Available variable names: '
        f"{', '.join(names)}"
    )
    hint = None
    if hasattr(key, "m_name"):
        hint = f"next_minibatch(size, input_map={{{names[0]}: source.streams.{key.m_name}, ...}})"
    return ArgumentError(describe(what, hint=hint))


def too_few_axes(variable: Variable, shape: tuple[int, ...]) -> CNTKError:
    """Return the error for data with fewer axes than the variable."""
    what = (
        f"Value's rank ({len(shape)}) should be >= the Variable's rank ({len(variable.shape)}); "
        f"Variable = '{variable}', Value shape = '{shape_text(tuple(shape))}'."
    )
    return _misfit(ShapeError, what, variable)


def wrong_part(variable: Variable, number: int, shape: tuple[int, ...]) -> CNTKError:
    """Return the error for one entry of a list."""
    what = (
        f"The shape '{shape_text(tuple(shape))}' of sequence #{number} is not compatible with the "
        f"Variable '{variable}' shape '{shape_text(variable.shape)}'."
    )
    return _misfit(ShapeError, what, variable)


def uneven_part(variable: Variable, number: int, shape, first) -> CNTKError:
    """Return the error for an entry of a list that has another free size than the first one."""
    what = (
        f"The shape '{shape_text(tuple(shape))}' of sequence #{number} is not compatible with the "
        f"shape '{shape_text(tuple(first))}' of sequence #0."
    )
    hint = f"one size for all samples of a minibatch: '{variable}' is free from one to the next"
    return _misfit(ShapeError, what, variable, hint)


def ragged(variable: Variable, reason: str) -> CNTKError:
    """Return the error for nested lists of different lengths."""
    return _misfit(ShapeError, f"data for '{variable}' are ragged: {reason}", variable)


def wrong_type(variable: Variable, dtype) -> CNTKError:
    """Return the error for data that are no real numbers."""
    what = (
        "batch must be a list of NumPy arrays or SciPy CSR matrices; the data for "
        f"'{variable}' have dtype {dtype}, only bool, int and float are supported."
    )
    return _misfit(DTypeError, what, variable)


def dense_into_sparse(variable: Variable, data=None) -> CNTKError:
    """Return the error for data that are not sparse, or not in the form of CSR."""
    part = data[0] if isinstance(data, (list, tuple)) and data else data
    if hasattr(part, "tocsr"):
        what = f"only CSR is supported for sparse input Variable '{variable}', not {part.format}."
        return _misfit(ArgumentError, what, variable, "convert the data with their tocsr()")
    what = f"Dense input data supplied for sparse input Variable '{variable}'."
    return _misfit(ArgumentError, what, variable)


def has_no_sequences(variable: Variable, layout) -> CNTKError:
    """Return the error for sequences that are fed to a variable without a sequence axis."""
    what = f"'{variable}' has no sequence axis, but the Value holds {layout.describe()}."
    return _misfit(ShapeError, what, variable)


def empty(variable: Variable) -> CNTKError:
    """Return the error for a minibatch without samples."""
    what = (
        "NarrowTo: Invalid bounds parameter, dimensions must be at least one. "
        f"The minibatch for '{variable}' is empty."
    )
    return _misfit(ExecutionError, what, variable, "give at least one sample")


def no_elements(variable: Variable, shape) -> CNTKError:
    """Return the error for samples in which a free size is 0."""
    what = (
        f"the data for '{variable}' have 0 elements: their shape is '{shape_text(tuple(shape))}'."
    )
    return _misfit(ExecutionError, what, variable)


def other_type(variable: Variable, dtype) -> CNTKError:
    """Return the error for a Value of another element type than the variable's."""
    what = (
        f"The Variable '{variable}' DataType {dtype_name(variable._dtype)} does not match the "
        f"corresponding Value's DataType {dtype_name(dtype)}."
    )
    return _misfit(ExecutionError, what, variable, "feed the array itself: it is converted")


def no_markers(variable: Variable) -> CNTKError:
    """Return the error for a tuple that is not data with begin markers."""
    what = (
        f"a tuple of data for '{variable}' is (data, begin markers); if you specify sequence begin "
        "markers, it needs to be a list of bools."
    )
    return _misfit(ArgumentError, what, variable, "a list instead of the tuple, or (data, [True])")


def no_sequence_to_begin(variable: Variable) -> CNTKError:
    """Return the error for begin markers of what has no sequences."""
    what = (
        "you specified sequence begin markers, but your input does not contain a sequence axis: "
        f"'{variable}'."
    )
    return _misfit(ArgumentError, what, variable, "leave them out, or C.sequence.input_variable")


def wrong_number_of_markers(variable: Variable, sequences: int, markers: int) -> CNTKError:
    """Return the error for another number of begin markers than of sequences."""
    what = (
        f"you have {sequences} sequences, but only {markers} sequence begin markers for "
        f"'{variable}'."
    )
    return _misfit(ArgumentError, what, variable, "one marker for each sequence")


def no_data(variables) -> CNTKError:
    """Return the error for a Function of arguments that is given none."""
    what = f"function expects {len(variables)} arguments, no data were given."
    return _misfit(ArgumentError, what, variables[0], f"pass {_entries(variables)}")


def no_arguments(function, kind: type) -> CNTKError:
    """Return the error for data that are given to a Function without arguments."""
    return ArgumentError(
        f"'{function!r}' has no arguments, but data were given ({kind.__name__}). try: f.eval()"
    )


def whose_data(variables, kind: type) -> CNTKError:
    """Return the error for one thing that is given to a Function of several arguments."""
    what = (
        f"non-dict argument ({kind.__name__}) is not supported for nodes with more than one "
        f"input; this one has {len(variables)}."
    )
    return _misfit(ArgumentError, what, variables[0], f"pass {_entries(variables)}")


def _entries(variables) -> str:
    return "{" + ", ".join(f"{v.name or v.uid}: {expected_form(v)}" for v in variables) + "}"


def missing(variables: list[Variable]) -> CNTKError:
    """Return the error for arguments that are not fed."""
    names = ", ".join(map(str, variables))
    what = (
        f"Values for {len(variables)} required arguments '{names}', that the requested output(s) "
        "depend on, have not been provided."
    )
    return _misfit(ArgumentError, what, variables[0], f"pass {_entries(variables)}, too")


def markers_twice(variable: Variable) -> CNTKError:
    """Return the error for begin markers of all data beside begin markers of one variable's."""
    what = (
        "you cannot provide sequence start information globally and for individual batches at the "
        f"same time: the data for '{variable}' come with begin markers of their own."
    )
    return _misfit(ArgumentError, what, variable, "({variable: data, ...}, [True, ...])")


def different_layouts(variable: Variable, known, layout) -> CNTKError:
    """Return the error for arguments that disagree on samples, lengths, or begin markers."""
    mine, theirs = layout.describe(), known.describe()
    hint = "as many samples for all of them, or sequences of equal lengths"
    if layout.has_lengths_of(known):
        mine, theirs = (
            f"{each.describe()} with the begin markers {list(each.starts or [])}"
            for each in (layout, known)
        )
        hint = "({variable: data, ...}, markers), where they stand once for all data"
    what = (
        "Different minibatch layouts detected (difference in sequence lengths or count or start "
        f"flags) in data specified for the Function's arguments: '{variable}' has {mine}, another "
        f"argument {theirs}, though these arguments have the same dynamic axes "
        f"'{axes_text(variable.dynamic_axes)}'."
    )
    return _misfit(ShapeError, what, variable, hint)
