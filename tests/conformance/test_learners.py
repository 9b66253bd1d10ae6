"""Every learner does what CNTK's rates and minibatch sizes say; ``-k adam`` chooses."""

from __future__ import annotations

import inspect

import pytest

import cntk.learners
from cntk.testing import learner_cases

# what a learner wants besides parameters and a learning rate
OPTIONS = {
    "adam": {"momentum": 0.9},
    "fsadagrad": {"momentum": 0.9},
    "momentum_sgd": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "rmsprop": {"gamma": 0.95, "inc": 1.2, "dec": 0.7, "max": 10, "min": 0.001},
}


def learners():
    """Return {name: factory} of what takes parameters and a learning rate."""
    found = {}
    for name, thing in vars(cntk.learners).items():
        if inspect.isfunction(thing) and not name.startswith("_"):
            first = list(inspect.signature(thing).parameters)[:2]
            if first == ["parameters", "lr"]:
                found[name] = thing
    return found


def cases():
    return [
        case
        for name, factory in sorted(learners().items())
        for case in learner_cases(name, factory, **OPTIONS.get(name, {}))
    ]


def test_all_learners_are_found():
    assert {*OPTIONS, "sgd", "adagrad", "adadelta"} <= set(learners())


@pytest.mark.parametrize("case", cases(), ids=str)
def test_learner(case):
    case.run()
