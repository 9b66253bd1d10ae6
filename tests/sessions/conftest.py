"""A small training whose events are written down."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import cntk as C
from cntk.cntk_py import ProgressWriter

FEATURES = np.random.default_rng(0).random((10, 2), np.float32)
TARGETS = np.random.default_rng(1).random((10, 1), np.float32)


class Diary(ProgressWriter):
    """Writes down every minibatch (u), summary (S), minibatch of a test (t) and its summary (T)."""

    def __init__(self) -> None:
        super().__init__(freq=1, test_freq=1)
        self.events: list[str] = []

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric):
        self.events.append(f"u{samples[0]}-{samples[1]}")

    def on_write_training_summary(self, samples, updates, summaries, loss, metric, elapsed):
        self.events.append(f"S{summaries}:{samples}/{updates}")

    def on_write_test_update(self, samples, updates, aggregate_metric):
        self.events.append(f"t{samples[0]}-{samples[1]}")

    def on_write_test_summary(self, samples, updates, summaries, metric, elapsed):
        self.events.append(f"T{summaries}:{samples}/{updates}")


class Setup:
    """A trainer, its source of ten samples, and a diary."""

    def __init__(self, metric: bool = True, rate=0.01) -> None:
        x, y = C.input_variable(2, name="x"), C.input_variable(1, name="y")
        z = C.times(x, C.parameter((2, 1), init=0.1)) + C.parameter(1)
        loss = C.squared_error(z, y)
        self.x, self.y, self.z, self.loss = x, y, z, loss
        self.diary = Diary()
        learner = C.sgd(z.parameters, C.learning_parameter_schedule(rate))
        self.trainer = C.Trainer(z, (loss, C.squared_error(z, y)) if metric else loss, learner,
                                 self.diary)  # fmt: skip
        self.source = self.samples()

    @staticmethod
    def samples(limit: int | None = None):
        """Return a source of the ten samples, again and again up to a limit."""
        rows = {"x": FEATURES, "y": TARGETS}
        options = {} if limit is None else {"max_samples": limit}
        return C.io.MinibatchSourceFromData(rows, **options)

    @property
    def mapping(self) -> dict:
        return {self.x: self.source.streams.x, self.y: self.source.streams.y}

    def session(self, mb_size=4, **options):
        """Return a session."""
        return C.training_session(self.trainer, self.source, mb_size, self.mapping, **options)

    def told(self, **options) -> str:
        """Train, and return what has happened."""
        self.session(**options).train()
        return " ".join(self.diary.events)

    def note(self, index, mean, samples, minibatches) -> bool:
        """Serve as a callback of cross validations."""
        self.diary.events.append(f"C{index}:{samples}/{minibatches}")
        return True


@pytest.fixture
def setup():
    """Return the class of setups, and the data."""
    return SimpleNamespace(new=Setup, features=FEATURES, targets=TARGETS)
