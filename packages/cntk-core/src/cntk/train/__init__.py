"""Training: Trainer, and training loops."""

from cntk.train.trainer import Trainer as Trainer
