"""What training minimises."""

from cntk.losses.fmeasure import fmeasure as fmeasure
from cntk.losses.hierarchical_softmax import (
    hierarchical_softmax_layer as hierarchical_softmax_layer,
)
from cntk.losses.noise_contrastive import nce_loss as nce_loss
from cntk.namespace import attribute_getter
from cntk.ops._loss.binary_cross_entropy import binary_cross_entropy as binary_cross_entropy
from cntk.ops._loss.cosine_distance import cosine_distance as cosine_distance
from cntk.ops._loss.cosine_distance_with_negatives import (
    cosine_distance_with_negative_samples as cosine_distance_with_negative_samples,
)
from cntk.ops._loss.cross_entropy import cross_entropy_with_softmax as cross_entropy_with_softmax
from cntk.ops._loss.lambda_rank import lambda_rank as lambda_rank
from cntk.ops._loss.squared_error import squared_error as squared_error
from cntk.ops._loss.weighted_binary_cross_entropy import (
    weighted_binary_cross_entropy as weighted_binary_cross_entropy,
)

__all__ = [
    "binary_cross_entropy",
    "cosine_distance",
    "cosine_distance_with_negative_samples",
    "cross_entropy_with_softmax",
    "fmeasure",
    "hierarchical_softmax_layer",
    "lambda_rank",
    "nce_loss",
    "squared_error",
    "weighted_binary_cross_entropy",
]
__getattr__ = attribute_getter(__name__)
