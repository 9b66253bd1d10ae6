"""Small questions about learners and schedules; runs on CNTK 2.7 too (Python 3.6).

A question is an expression; its answer is a list of numbers, or of the classes of what was raised.
``python questions.py FILE`` writes all answers as JSON; null where the process of one has died.
"""

import json
import os
import sys

import numpy as np

import cntk as C

START = np.array([[0.5, -0.25], [0.125, 1.0], [-0.75, 0.3]], np.float32)
SIZES = (2, 3, 1, 4, 2, 5)


def data(count, step):
    random = np.random.RandomState(step)
    x = random.uniform(-1, 1, (count, 3)).astype(np.float32)
    return x, random.uniform(-1, 1, (count, 2)).astype(np.float32)


def network(sparse=False):
    x = C.input_variable(3, is_sparse=sparse)
    y = C.input_variable(2)
    w, b = C.parameter(init=START, name="w"), C.parameter(init=np.zeros(2, np.float32), name="b")
    return x, y, w, b, C.reduce_sum(C.square(C.times(x, w) + b - y))


def numbers(*variables):
    return [float(n) for v in variables for n in np.asarray(v.value).ravel()]


def steps(make, sizes=SIZES, ends=None, metric=False):
    """Train with the learners that ``make`` returns for [w, b]; all values after each step."""
    x, y, w, b, loss = network()
    learners = make([w, b])
    learners = learners if isinstance(learners, list) else [learners]
    trainer = C.Trainer(None, (loss, C.reduce_sum(loss) if metric else None), learners)
    found = []
    for i, count in enumerate(sizes):
        features, labels = data(count, i)
        end = None if ends is None else ends[i]
        done = trainer.train_minibatch({x: features, y: labels}, is_sweep_end=end)
        found += [float(done), trainer.previous_minibatch_loss_average]
        found += numbers(w, b) + [learner.learning_rate() for learner in learners]
        found.append(float(trainer.total_number_of_samples_seen))
    return found


def reset(make, schedule, again=False):
    """Train, give the learner another rate, and go on."""
    x, y, w, b, loss = network()
    learner = make([w, b])
    trainer = C.Trainer(None, (loss, None), [learner])
    found = []
    for i, count in enumerate(SIZES):
        if i == 3:
            learner.reset_learning_rate(schedule)
        features, labels = data(count, i)
        trainer.train_minibatch({x: features, y: labels})
        found += numbers(w, b) + [learner.learning_rate()]
    return found


def restored(make):
    """Train, hand the state to a new learner of the same parameters, and go on."""
    x, y, w, b, loss = network()
    learner = make([w, b])
    found = []
    for i, count in enumerate(SIZES):
        if i == 3:
            state = learner.create_checkpoint()
            learner = make([w, b])
            learner.restore_from_checkpoint(state)
            found += [float(learner.total_number_of_samples_seen()), learner.learning_rate()]
        features, labels = data(count, i)
        C.Trainer(None, (loss, None), [learner]).train_minibatch({x: features, y: labels})
        found += numbers(w, b)
    return found


def updated(make, gradient=1.0, counts=(2, 3), end=False):
    """Update without a trainer, by gradients that are given."""
    w = C.parameter(init=START)
    learner = make([w])
    found = []
    for count in counts:
        slope = np.full(START.shape, gradient, np.float32)
        done = learner.update({w: slope}, count, end)
        found += [float(done)] + numbers(w) + [learner.learning_rate()]
    return found


def sparse(make):
    """Train a table by one-hot data."""
    x, y, w, b, loss = network(sparse=True)
    trainer = C.Trainer(None, (loss, None), [make([w, b])])
    found = []
    for i, words in enumerate([[0, 1], [1, 1, 1], [2], [0, 0, 2, 1], [1], [2, 0]]):
        labels = data(len(words), i)[1]
        trainer.train_minibatch({x: C.Value.one_hot(words, 3), y: labels})
        found += numbers(w, b)
    return found


def on_sequences(make):
    """The loss is one for each frame: samples are frames."""
    x, y = C.sequence.input_variable(3), C.sequence.input_variable(2)
    w = C.parameter(init=START)
    loss = C.reduce_sum(C.square(C.times(x, w) - y))
    learner = make([w])
    trainer = C.Trainer(None, (loss, None), [learner])
    found = []
    for i, lengths in enumerate([(2, 3), (1,), (4, 1, 2)]):
        pairs = [data(length, 7 * i + j) for j, length in enumerate(lengths)]
        trainer.train_minibatch({x: [p[0] for p in pairs], y: [p[1] for p in pairs]})
        found += numbers(w) + [float(trainer.total_number_of_samples_seen)]
    return found


def values(schedule, places=(0, 1, 4, 5, 9, 10, 11, 19, 20, 39, 40, 1000)):
    return [float(schedule[i]) for i in places] + [float(schedule.minibatch_size)]


class Descent(C.learners.UserLearner):
    """w -= rate * gradient / samples."""

    def __init__(self, parameters, schedule):
        super().__init__(parameters, schedule)
        self.calls = []

    def update(self, gradient_values, training_sample_count, sweep_end):
        rate = self.learning_rate() / training_sample_count
        for parameter, gradient in gradient_values.items():
            slope = gradient if isinstance(gradient, np.ndarray) else gradient.asarray()
            parameter.value = parameter.value - rate * slope
        self.calls.append(training_sample_count)
        return True


def own(parameters):
    return Descent(parameters, C.learning_parameter_schedule(0.1))


def by_function(parameters):
    """Momentum with the variables of a script's own."""
    state = [C.constant(0, shape=p.shape) for p in parameters]

    def make(ps, gs):
        pairs = zip(ps, gs, state)
        moved = [(p, C.assign(s, 0.5 * s + g)) for p, g, s in pairs]
        return C.combine([C.assign(p, p - 0.05 * s) for p, s in moved])

    return C.universal(make, parameters)


rate = C.learning_parameter_schedule
per_sample = C.learning_parameter_schedule_per_sample
momentum = C.momentum_schedule
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "questions.txt")) as lines:
    QUESTIONS = [line for line in lines.read().splitlines() if line and not line.startswith("#")]


def answer(question):
    """Return the numbers, or the names of all classes of what was raised."""
    try:
        return eval(question, dict(globals()))
    except Exception as error:
        return [kind.__name__ for kind in type(error).__mro__]


def answer_apart(question):
    """Return the answer as a process of its own gives it; None if that ends without one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(answer(question)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


if __name__ == "__main__":
    found = {question: answer_apart(question) for question in QUESTIONS}
    with open(sys.argv[1], "w") as file:
        json.dump(found, file, indent=0, sort_keys=True)
