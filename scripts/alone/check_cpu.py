"""With cntk-cpu, a network trains without Python between its steps; the kernels in C do it.

On a machine where nothing can be compiled NumPy does it, and the report says why.
"""

import os
import shutil
import sysconfig
from pathlib import Path

import numpy as np

import cntk as C
import cntk.plugins as plugins
from cntk.debugging import explain
from cntk.native import library

compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
header = Path(sysconfig.get_path("include")) / "Python.h"
can_compile = shutil.which(compiler.split()[0]) is not None and header.exists()
lines = plugins.reports()["cntk-cpu"]
assert library.available() == can_compile, lines
assert can_compile or "none, NumPy computes; they did not load" in lines[0], lines

C.cntk_py.set_fixed_random_seed(1)
points = np.random.default_rng(1).normal(size=(64, 8)).astype(np.float32)
labels = np.eye(2, dtype=np.float32)[(points.sum(axis=1) > 0).astype(int)]

x, label = C.input_variable(8), C.input_variable(2)
w, v = C.parameter((8, 16), init=C.glorot_uniform()), C.parameter((16, 2), init=C.glorot_uniform())
model = C.times(C.tanh(C.times(x, w)), v)
loss, error = C.cross_entropy_with_softmax(model, label), C.classification_error(model, label)
learner = C.sgd(model.parameters, lr=C.learning_parameter_schedule(0.5))
trainer = C.Trainer(model, (loss, error), [learner])
for _ in range(50):
    trainer.train_minibatch({x: points, label: labels})
assert trainer.previous_minibatch_evaluation_average < 0.05

steps = explain(C.exp(x) * 2 + 1)
assert ("native" in steps) == can_compile, steps

expected = np.tanh(points @ w.value) @ v.value
np.testing.assert_allclose(model.eval({x: points}), expected, rtol=1e-4, atol=1e-5)
