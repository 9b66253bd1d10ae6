"""Looking at Functions: finding their parts, showing them."""

from __future__ import annotations

from inspect import getattr_static
from typing import TYPE_CHECKING

from cntk.deprecation import NativeMember
from cntk.errors import ArgumentError
from cntk.graph.traverse import ambiguous, depth_first_search, find_all_with_name
from cntk.upward import module

if TYPE_CHECKING:
    from cntk.debugging.summary import Summary
    from cntk.graph.function import Function
    from cntk.variables import Variable

# What is asked of Functions often is not searched for in the whole graph: attributes of outputs,
# and what tells a symbol of a plan from a Function.
_OF_VARIABLES = {"shape", "dtype", "dynamic_axes", "is_sparse", "needs_gradient", "owner"}
_NEVER_A_PART = {"emit"}


class Looking:
    """The part of a Function that finds its parts by name, and shows it."""

    if TYPE_CHECKING:

        @property
        def is_block(self) -> bool: ...
        @property
        def block_root(self) -> Function: ...
        @property
        def outputs(self) -> tuple[Variable, ...]: ...

    def __getattr__(self, name: str):
        if name.startswith("_") or name in _NEVER_A_PART:
            raise AttributeError(f"neither Function nor its output variable has '{name}'")
        if name not in _OF_VARIABLES:
            found = self._where_parts_are().find_by_name(name, depth=1)
            if found is not None:
                return found
        native = getattr_static(type(self), name, None)
        if isinstance(native, NativeMember):
            raise native.error()
        outputs = self.outputs
        if len(outputs) == 1 and hasattr(outputs[0], name):
            return getattr(outputs[0], name)
        if len(outputs) == 1:
            missing = f"'Variable' object has no attribute '{name}'"
        else:
            missing = (
                f"Function does not have '{name}' and it cannot be looked up in its outputs "
                "because it does not have exactly one"
            )
        raise AttributeError(
            f"{missing}; nor has a part of the Function this name. "
            f"try: dir(f), or f.find_by_name('{name}', depth=-1), which looks into all blocks",
            name=name,
            obj=self,
        )

    def __dir__(self):
        """List the names of parts as well, for completion and for what Python suggests."""
        named = depth_first_search(
            self._where_parts_are(), lambda item: item.name.isidentifier(), 1
        )
        return sorted({*super().__dir__(), *(item.name for item in named)})

    def _where_parts_are(self):
        return self.block_root if self.is_block else self

    def find_all_with_name(self, name: str, depth: int = 0) -> list:
        """Return all functions and variables with a name.

        Args:
            name: the name.
            depth: how many levels of blocks to look into; -1: all.
        """
        if not isinstance(name, str):
            raise ArgumentError(f"node name has to be a string. You gave a {type(name)}")
        return find_all_with_name(self, name, depth)

    def find_by_name(self, name: str, depth: int = 0):
        """Return the function or variable with a name, or None.

        Args:
            name: the name.
            depth: how many levels of blocks to look into; -1: all.

        Raises:
            ValueError: there are several.
        """
        found = self.find_all_with_name(name, depth)
        if len(found) > 1:
            raise ambiguous(name, found)
        return found[0] if found else None

    def summary(self, minibatch_size: int = 1, sequence_length: int = 1, depth: int = 0) -> Summary:
        """Return a table of the layers: shapes, parameters, and what a minibatch costs.

        It prints; its attributes hold the numbers. Operations and memory follow from the plans
        that would be run, so they are those of one sample, or one frame, unless told otherwise.

        Args:
            minibatch_size: number of samples.
            sequence_length: number of frames of each sequence.
            depth: how many levels of blocks to show the inside of; -1: all.

        Raises:
            ValueError: a size is no positive int.

        >>> x = C.input_variable(3, name='x')
        >>> found = C.times(x, C.parameter((3, 2), name='W'), name='z').summary()
        >>> [layer.name for layer in found.layers], found.parameters, found.operations
        (['x', 'z'], 6, 12)
        """
        return module("cntk.debugging.summary").summarize(
            self, minibatch_size, sequence_length, depth
        )

    def _repr_svg_(self) -> str | None:
        """Return the picture that a notebook shows; None for a large graph, which it prints."""
        return module("cntk.logging.graph").notebook_picture(self)

    def as_string(self, doNotInferOutputs: bool = True) -> str:
        """Return what ``repr`` does, as a method that CNTK 2.7 has."""
        return repr(self)

    def __str__(self) -> str:
        return module("cntk.graph.printing").signature_text(self)

    def __repr__(self) -> str:
        return module("cntk.graph.printing").detailed_text(self)
