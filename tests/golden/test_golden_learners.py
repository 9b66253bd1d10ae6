"""Every learner takes the steps of CNTK 2.7: parameters, losses and rates after each update."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

from .networks import described, numbers


@pytest.mark.filterwarnings("ignore:.* in future versions:DeprecationWarning")
@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c['id']}-{c['expr'][2:40]}")
                                  for c in described("learners")["cases"]])  # fmt: skip
def test_steps_are_those_of_the_original(case):
    arrays = numbers("learners/learners.npz")
    key = f"l{case['id']}"
    x = C.input_variable(arrays["x0"].shape[1:])
    y = C.input_variable(arrays["y0"].shape[1:])
    W, b = C.parameter(init=arrays["W0"]), C.parameter(init=arrays["b0"])
    z = C.times(x, W) + b
    learner = eval(case["expr"], {"C": C, "P": [W, b]})
    trainer = C.Trainer(z, (C.reduce_sum(C.square(z - y)), None), [learner])
    for step in range(len(arrays[f"{key}.loss"])):
        assert learner.learning_rate() == pytest.approx(arrays[f"{key}.lr"][step])
        trainer.train_minibatch({x: arrays[f"x{step}"], y: arrays[f"y{step}"]})
        for parameter, word in ((W, "W"), (b, "b")):
            expected = arrays[f"{key}.{word}"][step]
            np.testing.assert_allclose(parameter.value, expected, 1e-4, 1e-6)
        loss = trainer.previous_minibatch_loss_average
        assert loss == pytest.approx(arrays[f"{key}.loss"][step], rel=1e-4, abs=1e-6)
    assert trainer.total_number_of_samples_seen == case["total_samples"]
