"""Training: Trainer, and training loops."""

from cntk.namespace import attribute_getter
from cntk.train.trainer import Trainer as Trainer

__getattr__ = attribute_getter(__name__)
