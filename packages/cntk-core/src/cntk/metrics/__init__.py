"""What is reported beside the loss."""

from cntk.namespace import attribute_getter
from cntk.ops._metric.classification_error import classification_error as classification_error
from cntk.ops._metric.edit_distance_error import edit_distance_error as edit_distance_error
from cntk.ops._metric.ndcg_at_1 import ndcg_at_1 as ndcg_at_1

__all__ = ["classification_error", "edit_distance_error", "ndcg_at_1"]
__getattr__ = attribute_getter(__name__)
