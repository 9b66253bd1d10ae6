"""Random numbers as operators: each forward pass draws new ones, and no gradient passes."""

from cntk.namespace import attribute_getter
from cntk.ops._random.seed import auto_select as auto_select
from cntk.random.filled import bernoulli as bernoulli
from cntk.random.filled import gumbel as gumbel
from cntk.random.filled import normal as normal
from cntk.random.filled import uniform as uniform
from cntk.random.like import bernoulli_like as bernoulli_like
from cntk.random.like import gumbel_like as gumbel_like
from cntk.random.like import normal_like as normal_like
from cntk.random.like import uniform_like as uniform_like

__all__ = [
    "auto_select",
    "bernoulli",
    "bernoulli_like",
    "gumbel",
    "gumbel_like",
    "normal",
    "normal_like",
    "uniform",
    "uniform_like",
]
__getattr__ = attribute_getter(__name__)
