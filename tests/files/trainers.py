"""Trainers that this toolkit and CNTK 2.7 both build, from the same lines.

CNTK 2.7 runs this file too, under Python 3.6:

``python trainers.py make FOLDER``    trains, saves checkpoints, goes on; prints what followed
``python trainers.py resume FOLDER``  goes on from the checkpoints in a folder; prints the same

A number behind the folder says how many steps there are before a checkpoint.
"""

import json
import os
import sys

import numpy as np

import cntk as C

BEFORE, AFTER = 3, 5  # steps before and after a checkpoint
ROWS = 4


def dense(x):
    """Return two dense layers."""
    hidden = C.layers.Dense(4, activation=C.tanh, name="hidden")
    return C.layers.Sequential([hidden, C.layers.Dense(3, name="out")])(x)


def normalized(x):
    """Return dense layers with batch normalization between them."""
    normalization = C.layers.BatchNormalization(normalization_time_constant=20)
    # a bias before it would have no gradient but noise
    steps = [C.layers.Dense(4, bias=False), normalization, C.relu, C.layers.Dense(3)]
    return C.layers.Sequential(steps)(x)


def convolved(x):
    """Return a convolution, pooled, and a dense layer."""
    image = C.reshape(x, (1, 2, 3))
    steps = [C.layers.Convolution2D((2, 2), 2, pad=True), C.layers.GlobalAveragePooling()]
    return C.layers.Sequential(steps + [C.layers.Dense(3)])(image)


def dropped(x):
    """Return dense layers with dropout between them."""
    steps = [C.layers.Dense(4), C.layers.Dropout(0.5, seed=7), C.layers.Dense(3)]
    return C.layers.Sequential(steps)(x)


def recurrent(x):
    """Return an LSTM, with parameters that are single numbers, and a dense layer."""
    cell = C.layers.LSTM(4, enable_self_stabilization=True)
    return C.layers.Sequential([C.layers.Recurrence(cell), C.layers.Dense(3)])(x)


def rate(value, **options):
    """Return a learning rate per sample."""
    return C.learning_parameter_schedule_per_sample(value, **options)


MOMENTUM = C.momentum_schedule(0.9)

LEARNERS = {
    "sgd": lambda p: [C.sgd(p, rate(0.05))],
    "momentum": lambda p: [C.momentum_sgd(p, rate(0.02), MOMENTUM)],
    "nesterov": lambda p: [C.nesterov(p, rate(0.02), MOMENTUM)],
    "adagrad": lambda p: [C.adagrad(p, rate(0.05))],
    "adadelta": lambda p: [C.adadelta(p)],
    "fsadagrad": lambda p: [C.fsadagrad(p, rate(0.02), MOMENTUM)],
    "adam": lambda p: [C.adam(p, rate(0.02), MOMENTUM)],
    "adamax": lambda p: [C.adam(p, rate(0.02), MOMENTUM, adamax=True)],
    "rmsprop": lambda p: [C.rmsprop(p, rate(0.01), 0.95, 1.2, 0.7, 10.0, 0.001)],
    "two": lambda p: [C.adam(p[:2], rate(0.02), MOMENTUM), C.sgd(p[2:], rate(0.05))],
    "schedule": lambda p: [C.momentum_sgd(p, rate([0.05, 0.02, 0.01], epoch_size=9), MOMENTUM)],
    "minibatch": lambda p: [
        C.sgd(p, C.learning_parameter_schedule([0.2, 0.1], minibatch_size=2, epoch_size=16))
    ],
}


class Case:
    """A network with a criterion and learners.

    Args:
        network: function of the input.
        learner: a key of ``LEARNERS``.
        is_sequence: whether the data are sequences.
        criterion: ``mean`` for a loss without a batch axis, else a loss and a metric per sample.
        dtype: element type.
    """

    def __init__(self, network, learner, is_sequence=False, criterion="usual", dtype="float32"):
        self.network, self.learner, self.is_sequence = network, learner, is_sequence
        self.criterion, self.dtype = criterion, np.dtype(dtype).type

    def trainer(self):
        """Return a trainer at the start, and its inputs."""
        make = C.sequence.input_variable if self.is_sequence else C.input_variable
        x, y = make(6, self.dtype, name="x"), make(3, self.dtype, name="y")
        with C.layers.default_options(dtype=self.dtype):
            z = self.network(x)
        loss, metric = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
        if self.criterion == "mean":
            loss, metric = C.reduce_mean(loss, axis=C.Axis.all_axes()), None
        parameters = sorted(loss.parameters, key=number)
        random = np.random.RandomState(3)
        for parameter in parameters:
            parameter.value = random.uniform(-0.5, 0.5, parameter.shape).astype(self.dtype)
        learners = LEARNERS[self.learner](parameters)
        return C.Trainer(z, (loss, metric), learners), (x, y)

    def minibatch(self, step):
        """Return the data of a step."""
        random = np.random.RandomState(100 + step)
        lengths = [2, 1, 3, 2][:ROWS] if self.is_sequence else [ROWS]
        x = [random.uniform(-1, 1, (n, 6)).astype(self.dtype) for n in lengths]
        y = [np.eye(3, dtype=self.dtype)[random.randint(3, size=n)] for n in lengths]
        return (x, y) if self.is_sequence else (x[0], y[0])

    def train(self, trainer, inputs, steps):
        """Train; return the losses, and the parameters at the start and at the end."""
        parameters = sorted(trainer.loss_function.parameters, key=number)
        start = [p.value.ravel().tolist() for p in parameters]
        losses = []
        for step in steps:
            trainer.train_minibatch(dict(zip(inputs, self.minibatch(step))))
            losses.append(trainer.previous_minibatch_loss_average)
        end = [p.value.ravel().tolist() for p in parameters]
        return {"start": start, "losses": losses, "end": end}


def number(variable):
    """Return the number in a uid, which grows with each variable that is made."""
    return int("".join(filter(str.isdigit, variable.uid)))


CASES = {"dense_" + learner: Case(dense, learner) for learner in sorted(LEARNERS)}
CASES.update(
    double_adam=Case(dense, "adam", dtype="float64"),
    mean_momentum=Case(dense, "momentum", criterion="mean"),
    normalized_adam=Case(normalized, "adam"),
    convolved_adam=Case(convolved, "adam"),
    dropped_sgd=Case(dropped, "sgd"),
    recurrent_fsadagrad=Case(recurrent, "fsadagrad", is_sequence=True),
)


def make(folder, name):
    """Train, save a checkpoint, go on; return what followed."""
    case = CASES[name]
    trainer, inputs = case.trainer()
    case.train(trainer, inputs, range(BEFORE))
    trainer.save_checkpoint(os.path.join(folder, name + ".ckpt"), {"case": name, "steps": BEFORE})
    return case.train(trainer, inputs, range(BEFORE, BEFORE + AFTER))


def resume(folder, name):
    """Go on from a checkpoint; return what followed."""
    case = CASES[name]
    trainer, inputs = case.trainer()
    external = trainer.restore_from_checkpoint(os.path.join(folder, name + ".ckpt"))
    assert external["case"] == name and external["steps"] == BEFORE, external
    return case.train(trainer, inputs, range(BEFORE, BEFORE + AFTER))


if __name__ == "__main__":
    action = {"make": make, "resume": resume}[sys.argv[1]]
    BEFORE = int(sys.argv[3]) if sys.argv[3:] else BEFORE
    for each in sorted(CASES):
        try:
            found = action(sys.argv[2], each)
        except Exception as error:
            found = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps([each, found]))
        sys.stdout.flush()
