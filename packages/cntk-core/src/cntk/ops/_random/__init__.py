"""Dropout, choices, and the operators behind ``cntk.random``."""

from cntk.ops._random import distribution as distribution
from cntk.ops._random import dropout as dropout
from cntk.ops._random import sample as sample
