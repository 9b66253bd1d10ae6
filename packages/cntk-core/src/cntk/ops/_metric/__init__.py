"""The operators behind ``cntk.metrics``."""

from cntk.ops._metric import classification_error as classification_error
from cntk.ops._metric import edit_distance_error as edit_distance_error
from cntk.ops._metric import ndcg_at_1 as ndcg_at_1
from cntk.ops._metric import value_at_largest as value_at_largest
