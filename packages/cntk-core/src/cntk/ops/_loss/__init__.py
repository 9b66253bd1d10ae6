"""The operators behind ``cntk.losses``."""

from cntk.ops._loss import binary_cross_entropy as binary_cross_entropy
from cntk.ops._loss import cosine_distance as cosine_distance
from cntk.ops._loss import cosine_distance_with_negatives as cosine_distance_with_negatives
from cntk.ops._loss import cross_entropy as cross_entropy
from cntk.ops._loss import ctc as ctc
from cntk.ops._loss import lambda_rank as lambda_rank
from cntk.ops._loss import softmax_cross_entropy as softmax_cross_entropy
from cntk.ops._loss import squared_error as squared_error
from cntk.ops._loss import weighted_binary_cross_entropy as weighted_binary_cross_entropy
