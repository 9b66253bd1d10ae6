"""A training run with everything that draws random numbers; ``test_resume.py`` runs and resumes it.

Usage: ``python random_training.py TEXT_FILE CHECKPOINT START STOP SEED_OF_OTHERS``. It trains the
steps from START up to STOP, resuming from CHECKPOINT unless START is 0, writes CHECKPOINT at the
end, and prints losses and a digest of all parameters.
"""

from __future__ import annotations

import hashlib
import sys

import numpy as np

import cntk as C
from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

WORDS, TAGS, WIDTH = 20, 4, 8


def model_of(x):
    """Return a tagger: noise, an LSTM over dropped words, and a loop with dropout inside."""
    h = C.layers.Recurrence(C.layers.LSTM(WIDTH))(C.layers.Dropout(0.3)(x))
    noisy = h * C.random.normal_like(h, mean=1, scale=0.1)
    state = C.placeholder()
    step = C.dropout(C.layers.Dense(WIDTH, activation=C.tanh)(noisy + 0.5 * state), 0.4)
    looped = step.replace_placeholders({state: C.sequence.past_value(step)})
    return C.layers.Dense(TAGS)(looped)


def criterion_of(z, y):
    """Return the loss: cross entropy, and the output's weights at some random hidden units."""
    chosen = C.random_sample(np.ones(WIDTH, np.float32), 3, False)
    (weights,) = (p for p in z.parameters if p.shape == (WIDTH, TAGS))
    penalty = C.reduce_sum(C.square(C.times(chosen, weights)))
    return C.plus(C.cross_entropy_with_softmax(z, y), 0.01 * penalty)


def main(text: str, checkpoint: str, start: int, stop: int, evaluates: bool) -> None:
    """Train some steps and print what came out."""
    x, y = C.sequence.input_variable(WORDS), C.sequence.input_variable(TAGS)
    z = model_of(x)
    learner = C.momentum_sgd(z.parameters, 0.05, 0.9, gaussian_noise_injection_std_dev=0.01)
    trainer = C.Trainer(z, (criterion_of(z, y), C.classification_error(z, y)), [learner])
    streams = StreamDefs(x=StreamDef("x", WORDS), y=StreamDef("y", TAGS))
    source = MinibatchSource(CTFDeserializer(text, streams), randomization_window_in_chunks=2)
    if start:
        source.restore_from_checkpoint(trainer.restore_from_checkpoint(checkpoint)["reader"])
    for step in range(start, stop):
        data = source.next_minibatch(25, {x: source.streams.x, y: source.streams.y})
        trainer.train_minibatch(data)
        print(step, repr(trainer.previous_minibatch_loss_average))
        if evaluates:
            z.eval({x: data[x]})
            trainer.test_minibatch(data)
    trainer.save_checkpoint(checkpoint, {"reader": source.get_checkpoint_state()})
    digest = hashlib.sha256()
    for parameter in z.parameters:
        digest.update(np.ascontiguousarray(parameter.value))
    print(digest.hexdigest())


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:6]))
