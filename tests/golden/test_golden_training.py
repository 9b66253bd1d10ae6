"""Training runs go as in CNTK 2.7: losses, metrics, parameters, statistics, evaluation."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

from .networks import assign, by_creation, described, names_of_layers, numbers


def data_of(arrays: dict, step: int, x, y) -> dict:
    """Return a minibatch; sequences are lists of arrays."""
    lengths = arrays.get(f"len{step}")
    found = {}
    for variable, word in ((x, "x"), (y, "y")):
        value = arrays[f"{word}{step}"]
        if lengths is not None and len(variable.dynamic_axes) > 1:
            value = np.split(value, np.cumsum(lengths)[:-1])
        found[variable] = value
    return found


@pytest.mark.parametrize("run", described("training")["runs"], ids=lambda run: run["run"])
def test_a_run_is_that_of_the_original(run):
    arrays = numbers(f"training/{run['run']}.npz")
    names = names_of_layers()
    exec(run["declaration"], names)
    x, y, z, loss, metric = (names[word] for word in ("x", "y", "z", "loss", "metric"))
    assign(z.parameters, run["parameters"], arrays)
    learners = eval(run["learner"], {**names, "P": z.parameters})
    trainer = C.Trainer(z, (loss, metric), learners)
    for step in range(run["steps"]):
        trainer.train_minibatch(data_of(arrays, step, x, y))
        assert trainer.previous_minibatch_sample_count == arrays["count"][step]
        tolerance = 1e-4 if step < 5 else 1e-3
        loss_now = trainer.previous_minibatch_loss_average
        assert loss_now == pytest.approx(arrays["loss"][step], rel=tolerance), f"step {step}"
        metric_now = trainer.previous_minibatch_evaluation_average
        off_by_one_sample = 1.01 / arrays["count"][step]
        assert metric_now == pytest.approx(arrays["metric"][step], 1e-3, abs=off_by_one_sample)
        if step in (0, 4):
            compare(z.parameters, run["parameters"], arrays, f"step{step + 1}.", 1e-5)
    compare(z.parameters, run["parameters"], arrays, "final.", 1e-3)
    compare(z.constants, run["constants"], arrays, "final.", 1e-3)
    first = data_of(arrays, 0, x, y)
    test = trainer.test_minibatch(first)
    assert test == pytest.approx(float(arrays["test"]), 1e-3, abs=1.01 / arrays["count"][0])
    found = z.eval({x: first[x]})
    flat = np.concatenate(found) if isinstance(found, list) else found
    np.testing.assert_allclose(flat, arrays["eval"], 1e-3, 1e-4)


def compare(variables, entries: list[dict], arrays: dict, prefix: str, tolerance: float) -> None:
    named = {entry["name"] for entry in entries}
    made = by_creation(v for v in variables if v.name in named)
    for variable, entry in zip(made, entries, strict=True):
        expected = arrays[prefix + entry["key"]]
        np.testing.assert_allclose(variable.value, expected, tolerance, tolerance, err_msg=prefix)
