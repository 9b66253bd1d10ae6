"""Learners and schedules answer small questions as CNTK 2.7 does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from .questions import QUESTIONS, answer

RECORDED = json.loads(
    (Path(__file__).parents[1] / "data" / "learners" / "answers.json").read_text(encoding="utf-8")
)

# What is different, and why.
OTHER = {
    "[C.sgd(p[:1], 0), C.sgd(p[1:], 0.1)]": "counts of all learners, not of the first alone",
    "[C.sgd(p[:1], rate([0.1, 0.0], epoch_size=4)), C.sgd(p[1:], 0.1)]": "likewise",
    "[own(p[:1]), C.momentum_sgd(p[1:], 0.1, 0.9)]": "learners of a user's own count too",
    "steps(own)": "likewise, else sessions would never end",
    "C.sgd(p, 0.1, l1_regularization_weight=-0.3)": "a negative weight is refused",
    "C.sgd(p[0], 0.1)": "one parameter may stand for a list",
    "C.adadelta(p, 0.1, 1.5)": "what makes every parameter NaN is refused",
    "values(momentum(1.5))": "what makes every parameter NaN is refused",
    "values(C.learning_rate_schedule(0.1, 'sample'))": "is taken for the unit that it names",
    "C.universal(lambda ps, gs: None, p)": "there, it ends the process",
    "values(rate(0.1, -2))": "an OverflowError, as of all numbers of samples",
    "values(rate([0.1, 0.2], epoch_size=-1))": "likewise",
    "sparse(lambda p: C.adam": "there, sparse gradients are refused",
    "sparse(lambda p: C.fsadagrad": "likewise",
    "sparse(lambda p: C.rmsprop": "likewise",
    "sparse(lambda p: C.sgd(p, 0.1, l2_regularization_weight": "likewise",
    "sparse(lambda p: C.nesterov": "there, rows without gradients move, further with each step",
}


def is_other(question: str) -> bool:
    return any(text in question for text in OTHER)


def is_error(found) -> bool:
    return bool(found) and isinstance(found[0], str)


def agree(found: list, recorded: list | None) -> bool:
    """Whether two answers are alike; an error is one of the class that was raised there."""
    if recorded is None or is_error(found) != is_error(recorded):
        return False
    if is_error(found):
        return recorded[0] in found
    return np.shape(found) == np.shape(recorded) and np.allclose(found, recorded, 1e-4, 1e-5, True)


@pytest.mark.filterwarnings("ignore:.* in future versions:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_that_of_the_original(question):
    assert agree(answer(question), RECORDED[question]) != is_other(question)


def test_every_question_was_asked_there():
    assert set(QUESTIONS) == set(RECORDED)
    assert all(any(text in question for question in QUESTIONS) for text in OTHER)
