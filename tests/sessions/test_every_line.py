"""Ctrl-C at each line of a step of training: a step is made whole, or leaves no trace."""

from __future__ import annotations

import linecache
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

import cntk as C

WATCHED = ("trainer.py", "program.py", "criterion.py", "undivided.py", "learner.py", "offsets.py",
           "continuation.py")  # fmt: skip


class Dropping:
    """Random masks, running statistics, momentum."""

    def __init__(self) -> None:
        x = C.input_variable(3)
        h = C.dropout(C.times(x, C.parameter((3, 4), init=0.5)), 0.5, seed=7)
        z = C.times(h, C.parameter((4, 1), init=0.25))
        self.trainer = C.Trainer(z, C.square(z), C.momentum_sgd(z.parameters, 1e-4, 0.9))
        self.model = z
        self.data = {x: np.arange(6, dtype=np.float32).reshape(2, 3)}

    def minibatch(self, number: int) -> dict:
        return {variable: 0.1 * rows + number % 3 for variable, rows in self.data.items()}

    @property
    def steps(self) -> int:
        return self.trainer.parameter_learners[0].total_number_of_minibatches_seen()

    def step(self) -> None:
        self.trainer.train_minibatch(self.minibatch(self.steps))

    def state(self) -> list[np.ndarray]:
        return [p.value for p in self.model.parameters]


class GoingOn(Dropping):
    """A sequence that goes on from one minibatch to the next."""

    def __init__(self) -> None:
        self.x = C.sequence.input_variable(2)
        state = C.placeholder(shape=(3,), dynamic_axes=self.x.dynamic_axes)
        past = C.times(C.sequence.past_value(state), C.parameter((3, 3), init=0.3))
        h = C.tanh(C.times(self.x, C.parameter((2, 3), init=0.2)) + past)
        z = h.replace_placeholders({state: h.output})
        self.trainer = C.Trainer(z, C.reduce_sum(C.square(z)), C.sgd(z.parameters, 1e-4))
        self.model = z

    def minibatch(self, number: int) -> dict:
        frames = np.full((3, 2), 0.1 * (number % 5), np.float32)
        return {self.x: ([frames], [number == 0])}


class Interruption:
    """Sends Ctrl-C at one of the lines that are run."""

    def __init__(self, line: int) -> None:
        self.left, self.was_sent = line, False

    def trace(self, frame, event, _):
        if Path(frame.f_code.co_filename).name not in WATCHED:
            return None
        if event == "line" and not self.was_sent:
            line = linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip()
            if line.startswith("with "):  # Python itself looks for signals when it has left a lock
                return self.trace
            self.left -= 1
            if self.left < 0:
                self.was_sent = True
                sys.settrace(None)
                signal.raise_signal(signal.SIGINT)
        return self.trace

    def during(self, action) -> None:
        sys.settrace(self.trace)
        try:
            action()
        finally:
            sys.settrace(None)


@pytest.mark.parametrize("kind", [Dropping, GoingOn])
def test_a_step_is_whole_or_leaves_no_trace(kind):
    network, again = kind(), kind()
    network.step()
    again.step()
    line, interrupted = 0, 0
    while True:
        interruption = Interruption(line)
        try:
            interruption.during(network.step)
        except KeyboardInterrupt:
            interrupted += 1
        if not interruption.was_sent:
            break
        network.step()  # draws, and goes on, from where the one before has left
        while again.steps < network.steps:
            again.step()
        for one, expected in zip(network.state(), again.state(), strict=True):
            np.testing.assert_array_equal(one, expected, err_msg=f"Ctrl-C at line {line}")
        line += 1
    assert interrupted > 50
