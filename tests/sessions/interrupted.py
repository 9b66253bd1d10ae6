"""Trainings that are interrupted from outside: ``python interrupted.py SCENARIO FOLDER``.

A line of output says that the training runs; the last line is what became of it.
"""

import signal
import sys
import time

import numpy as np

import cntk as C
from cntk.cntk_py import ProgressWriter

ROWS, LAYERS = 8, 30


def minibatch(step: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(step)
    x = random.standard_normal((ROWS, 6), np.float32)
    return x, np.eye(3, dtype=np.float32)[random.integers(0, 3, ROWS)]


class Network:
    """Many layers, so that an update takes long, in two learners; all that has a state."""

    def __init__(self) -> None:
        self.x, self.y = C.input_variable(6), C.input_variable(3)
        random = np.random.default_rng(0)
        hidden = self.x
        for _ in range(LAYERS):
            weights = C.parameter((6, 6), init=random.standard_normal((6, 6), np.float32))
            hidden = C.batch_normalization(
                C.tanh(C.times(hidden, weights)), C.parameter(6, init=1), C.parameter(6),
                C.constant(0, 6), C.constant(0, 6), False, running_count=C.constant(0),
            )  # fmt: skip
        hidden = C.dropout(hidden, 0.2, seed=5)
        self.z = C.times(hidden, C.parameter((6, 3), init=0.1))
        loss = C.cross_entropy_with_softmax(self.z, self.y)
        parameters = self.z.parameters
        learners = [C.adam(parameters[::2], 0.01, 0.9), C.momentum_sgd(parameters[1::2], 0.01, 0.9)]
        self.trainer = C.Trainer(self.z, loss, learners)

    def step(self, number: int) -> None:
        self.trainer.train_minibatch(dict(zip((self.x, self.y), minibatch(number))))

    def state(self) -> bytes:
        return b"".join(v.value.tobytes() for v in (*self.z.parameters, *self.z.constants))

    @property
    def steps(self) -> int:
        counts = {x.total_number_of_minibatches_seen() for x in self.trainer.parameter_learners}
        assert len(counts) == 1, f"the learners have seen {counts} minibatches"
        return counts.pop()


class Announced(C.train.TrainingSession):
    """Says when it runs."""

    def on_minibatch_end(self) -> None:
        if self.trainer.total_number_of_samples_seen == 5 * ROWS:
            say("runs")


def session(network: Network, folder: str, kind=Announced, config=None, limit=10**9, cv=None):
    """Return a training on 50 minibatches, again and again."""
    config = config or C.CheckpointConfig(f"{folder}/m", 10**9)
    return kind(network.trainer, data(), ROWS, None, limit, None, config, cv)


def data() -> tuple[np.ndarray, ...]:
    return tuple(np.concatenate(part) for part in zip(*map(minibatch, range(50))))


def say(line: str) -> None:
    print(line, flush=True)


def in_a_loop(folder: str) -> None:
    """Be interrupted 20 times; at each time all parameters are those after a whole number of steps.

    A second network makes the steps of the first again, without being interrupted.
    """
    Network().step(0)  # loads all that a first step loads: an import is not what is cut here
    network, again = Network(), Network()
    for _ in range(20):
        try:
            say("runs")  # the signal may come before this returns
            while True:
                network.step(network.steps)
        except KeyboardInterrupt:
            end = time.time()
        while again.steps < network.steps:
            again.step(again.steps)
        assert network.state() == again.state(), f"half of step {network.steps}"
        say(f"{end}")


def in_a_session(folder: str) -> None:
    network, handlers = Network(), _handlers()
    try:
        session(network, folder).train()
    except KeyboardInterrupt:
        end = time.time()
        assert _handlers() == handlers
        again = Network()
        for i in range(network.steps):
            again.step(i % 50)
        assert network.state() == again.state()
        say(f"{end}")


def in_function_train(folder: str) -> None:
    network = Network()

    class Writer(ProgressWriter):
        def on_write_training_update(self, samples, updates, loss, metric):
            if updates[1] == 5:
                say("runs")

    try:
        network.trainer.loss_function.train(
            data(), minibatch_size=ROWS, max_epochs=10**6, callbacks=[Writer(freq=1)],
            parameter_learners=network.trainer.parameter_learners,
        )  # fmt: skip
    except KeyboardInterrupt:
        say(f"{time.time()}")


def terminated(folder: str) -> None:
    network = Network()
    try:
        session(network, folder).train()
    finally:
        say(f"{network.trainer.total_number_of_samples_seen}")


def terminated_while_a_thread_writes(folder: str) -> None:
    network = Network()
    config = C.CheckpointConfig(f"{folder}/m", ROWS, keep=2, asynchronous=True)
    try:
        session(network, folder, config=config).train()
    finally:
        say(f"{network.trainer.total_number_of_samples_seen}")


def terminated_in_a_cross_validation(folder: str) -> None:
    """The cross validation would never end."""
    network = Network()
    x = C.input_variable(1)

    class Endless(C.io.UserMinibatchSource):
        def stream_infos(self):
            return [C.io.StreamInformation("x", 0, "dense", np.float32, (1,))]

        def next_minibatch(self, count, number_of_workers=1, worker_rank=0, device=None):
            say("runs")
            time.sleep(0.01)
            (info,) = self.stream_infos()
            return {info: C.io.MinibatchData(C.Value(np.ones((1, 1), np.float32)), 1, 1, False)}

    source = Endless()
    cv = C.CrossValidationConfig(
        source, 5 * ROWS, criterion=x * 1, model_inputs_to_streams={x: source.streams.x}
    )
    session(network, folder, C.train.TrainingSession, cv=cv).train()


def with_a_handler(folder: str) -> None:
    """SIGTERM goes to the handler of the script, after the checkpoint; then training goes on."""
    network, told = Network(), []

    def handler(number, frame):
        told.append((number, C.load_model(f"{folder}/m") is not None))

    class Session(Announced):
        def on_minibatch_end(self):
            super().on_minibatch_end()
            if told:
                raise StopIteration(told)

    signal.signal(signal.SIGTERM, handler)
    try:
        session(network, folder, Session).train()
    except StopIteration as end:
        assert signal.getsignal(signal.SIGTERM) is handler
        say(f"{end}")


def with_the_signal_ignored(folder: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    session(Network(), folder, limit=200 * ROWS).train()
    say("ended")


def without_checkpoints(folder: str) -> None:
    session(Network(), folder, config=C.CheckpointConfig(None)).train()


def resumed(folder: str) -> None:
    """Go on from a checkpoint, and compare with a training that was not interrupted."""
    network, whole = Network(), Network()
    network.trainer.restore_from_checkpoint(f"{folder}/m")
    steps = network.steps
    session(network, folder, C.train.TrainingSession, limit=(steps + 10) * ROWS).train()
    for i in range(steps + 10):
        whole.step(i % 50)
    say(f"{steps * ROWS} {network.state() == whole.state()}")


def _handlers() -> list:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
