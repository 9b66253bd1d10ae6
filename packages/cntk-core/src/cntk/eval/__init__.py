"""Evaluation of a metric over minibatches."""

from cntk.eval.evaluator import Evaluator as Evaluator
