"""Rewriting models: replacing functions, and recurrent stacks by layers."""

from cntk.misc.converter import convert as convert
from cntk.misc.optimized_rnnstack_converter import (
    convert_optimized_rnnstack as convert_optimized_rnnstack,
)
from cntk.namespace import attribute_getter

__getattr__ = attribute_getter(__name__)
