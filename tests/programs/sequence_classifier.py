"""Classify sequences of words: embedding, LSTM, the last state, a linear layer.

Each class has words of its own; a sequence holds one to three of them among words that all
classes share. The data are written to a file in the CNTK text format and read back in random
order, as sparse vectors.

Figure: error on 500 new sequences; here 1.4 %, in CNTK 2.7 1.2 %.
"""

import os
import tempfile

import numpy as np

import cntk as C
from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.layers import LSTM, Dense, Embedding, Recurrence, Sequential
from cntk.logging import ProgressPrinter

GOAL = 0.04

WORDS = 200
CLASSES = 5
OWN_WORDS = 8  # per class; the words after them belong to nobody


def write_sequences(path, count, seed):
    random = np.random.RandomState(seed)
    with open(path, "w") as file:
        for sequence in range(count):
            label = random.randint(CLASSES)
            words = random.randint(CLASSES * OWN_WORDS, WORDS, random.randint(4, 16))
            places = random.choice(len(words), random.randint(1, 4), replace=False)
            words[places] = label * OWN_WORDS + random.randint(OWN_WORDS, size=len(places))
            for number, word in enumerate(words):
                line = f"{sequence} |x {word}:1"
                if number == 0:
                    line += " |y " + " ".join("1" if i == label else "0" for i in range(CLASSES))
                file.write(line + "\n")


def create_reader(path, is_training):
    streams = StreamDefs(
        features=StreamDef(field="x", shape=WORDS, is_sparse=True),
        labels=StreamDef(field="y", shape=CLASSES, is_sparse=False),
    )
    return MinibatchSource(
        CTFDeserializer(path, streams),
        randomize=is_training,
        max_sweeps=C.io.INFINITELY_REPEAT if is_training else 1,
    )


def create_model():
    with C.layers.default_options(initial_state=0.1):
        return Sequential([
            Embedding(16, name="embed"),
            Recurrence(LSTM(24), go_backwards=False),
            C.sequence.last,
            Dense(CLASSES, name="classify"),
        ])  # fmt: skip


def train_and_test(folder):
    train_path, test_path = os.path.join(folder, "train.ctf"), os.path.join(folder, "test.ctf")
    write_sequences(train_path, 2000, seed=1)
    write_sequences(test_path, 500, seed=2)

    x = C.sequence.input_variable(WORDS, is_sparse=True, name="x")
    y = C.input_variable(CLASSES, name="y")
    z = create_model()(x)
    loss = C.cross_entropy_with_softmax(z, y)
    error = C.classification_error(z, y)

    lr = C.learning_parameter_schedule_per_sample([0.02] * 4 + [0.005], epoch_size=2000)
    learner = C.momentum_sgd(z.parameters, lr, C.momentum_schedule(0.9))
    progress = ProgressPrinter(freq=20, first=5, tag="Training", num_epochs=8)
    trainer = C.Trainer(z, (loss, error), [learner], [progress])

    reader = create_reader(train_path, is_training=True)
    streams = {x: reader.streams.features, y: reader.streams.labels}
    for _ in range(8):
        words = 0
        while words < 20000:
            data = reader.next_minibatch(400, input_map=streams)
            trainer.train_minibatch(data)
            words += data[x].num_samples
        trainer.summarize_training_progress()

    reader = create_reader(test_path, is_training=False)
    streams = {x: reader.streams.features, y: reader.streams.labels}
    wrong = sequences = 0
    while True:
        data = reader.next_minibatch(1000, input_map=streams)
        if not data:
            break
        wrong += trainer.test_minibatch(data) * data[y].num_samples
        sequences += data[y].num_samples
    return wrong / sequences


def main():
    C.cntk_py.set_fixed_random_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        return train_and_test(folder)


if __name__ == "__main__":
    print(f"test error: {main():.2%}")
