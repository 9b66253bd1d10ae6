"""Forecast a wave: a GRU reads ten noisy values, a linear layer tells a value to come.

Figure: root of the mean squared error on 500 new waves, whose values are between -1 and 1; here
0.11, in CNTK 2.7 0.09.
"""

import numpy as np

import cntk as C
from cntk.layers import GRU, Dense, Dropout, Recurrence, Sequential
from cntk.logging import ProgressPrinter

GOAL = 0.15

STEPS, AHEAD = 10, 5


def create_model():
    with C.layers.default_options(initial_state=0.1):
        return Sequential([
            Recurrence(GRU(16)),
            C.sequence.last,
            Dropout(0.05, seed=1),
            Dense(1),
        ])  # fmt: skip


def waves(count, seed):
    random = np.random.RandomState(seed)
    frequency = random.uniform(0.3, 0.6, size=(count, 1))
    phase = random.uniform(0, 2 * np.pi, size=(count, 1))
    wave = np.sin(phase + frequency * np.append(np.arange(STEPS), STEPS - 1 + AHEAD))
    values = wave[:, :STEPS, None] + 0.02 * random.randn(count, STEPS, 1)
    return values.astype(np.float32), wave[:, STEPS:].astype(np.float32)


def next_batch(x, y, size):
    for start in range(0, len(x), size):
        yield x[start : start + size], y[start : start + size]


def main():
    C.cntk_py.set_fixed_random_seed(1)
    x = C.sequence.input_variable(1)
    z = create_model()(x)
    target = C.input_variable(1, dynamic_axes=z.dynamic_axes, name="y")
    loss = error = C.squared_error(z, target)

    learner = C.adam(
        z.parameters,
        lr=C.learning_parameter_schedule_per_sample([0.01] * 10 + [0.002], epoch_size=2000),
        momentum=C.momentum_schedule(0.9, minibatch_size=50),
        unit_gain=True,
    )
    progress = ProgressPrinter(tag="Training", num_epochs=15)
    trainer = C.Trainer(z, (loss, error), [learner], progress)
    values, to_come = waves(2000, seed=1)
    for _ in range(15):
        for x_batch, y_batch in next_batch(values, to_come, 50):
            trainer.train_minibatch({x: x_batch, target: y_batch})
        trainer.summarize_training_progress()

    values, to_come = waves(500, seed=2)
    errors = [
        trainer.test_minibatch({x: x_batch, target: y_batch})
        for x_batch, y_batch in next_batch(values, to_come, 100)
    ]
    return float(np.sqrt(np.mean(errors)))


if __name__ == "__main__":
    print(f"root mean squared error: {main():.3f}")
