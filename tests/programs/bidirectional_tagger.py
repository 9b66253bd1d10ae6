"""Tag each number of a sequence as slope, peak or valley: LSTMs in both directions, spliced.

Whether a number is above its predecessor is known from the left, whether it is above its
successor only from the right. The data are arrays, one per sequence.

Figure: tag error on 200 new sequences; here 3.1 %, in CNTK 2.7 4.0 %.
"""

import numpy as np

import cntk as C
from cntk.layers import LSTM, Dense, Recurrence, Sequential
from cntk.logging import ProgressPrinter

GOAL = 0.06

LEVELS, TAGS = 8, 4


def BiRecurrence(forward, backward):
    F = Recurrence(forward)
    G = Recurrence(backward, go_backwards=True)
    x = C.placeholder()
    return C.splice(F(x), G(x))


def create_model():
    with C.layers.default_options(initial_state=0.1):
        return Sequential([
            BiRecurrence(LSTM(16), LSTM(16)),
            Dense(TAGS, name="classify"),
        ])  # fmt: skip


def sequences(count, seed):
    random = np.random.RandomState(seed)
    numbers, tags = [], []
    for _ in range(count):
        x = random.randint(LEVELS, size=random.randint(2, 15))
        above_last = np.append(False, x[1:] > x[:-1])
        above_next = np.append(x[:-1] > x[1:], False)
        numbers.append(np.eye(LEVELS, dtype=np.float32)[x])
        tags.append(np.eye(TAGS, dtype=np.float32)[above_last + 2 * above_next])
    return numbers, tags


def main():
    C.cntk_py.set_fixed_random_seed(1)
    x, y = C.sequence.input_variable(LEVELS), C.sequence.input_variable(TAGS)
    z = create_model()(x)
    loss = C.cross_entropy_with_softmax(z, y)
    error = C.classification_error(z, y)

    lr = C.learning_parameter_schedule_per_sample([0.005] * 6 + [0.001], epoch_size=8000)
    learner = C.adam(z.parameters, lr, momentum=C.momentum_schedule(0.9))
    progress = ProgressPrinter(tag="Training", num_epochs=8)
    trainer = C.Trainer(z, (loss, error), learner, progress)
    numbers, tags = sequences(1000, seed=1)
    for _ in range(8):
        for start in range(0, 1000, 50):
            part = slice(start, start + 50)
            trainer.train_minibatch({x: numbers[part], y: tags[part]})
        trainer.summarize_training_progress()

    numbers, tags = sequences(200, seed=2)
    return trainer.test_minibatch({x: numbers, y: tags})


if __name__ == "__main__":
    print(f"tag error: {main():.2%}")
