"""Tag words: an embedding, and layers of LSTMs in both directions on each other.

Graves and Schmidhuber, 2005, doi:10.1016/j.neunet.2005.06.042. The middle of a sequence of
numbers tells the tag, so that both directions matter.
"""

import numpy as np
from scipy.sparse import csr_matrix

import cntk as C
from cntk.layers import (
    LSTM,
    Dense,
    Embedding,
    For,
    Label,
    LayerNormalization,
    Recurrence,
    Sequential,
)

WORDS, TAGS, HIDDEN = 20, 5, 12
FEATURES = "embedding"
IN_DOUBLE = False


def both_directions(number):
    return Sequential([
        (Recurrence(LSTM(HIDDEN)), Recurrence(LSTM(HIDDEN), go_backwards=True)),
        C.splice,
        LayerNormalization(name=f"normalized{number}"),
    ])  # fmt: skip


def create_model():
    with C.layers.default_options(initial_state=0.1, enable_self_stabilization=True):
        return Sequential([
            Embedding(8, name="embedding"),
            For(range(3), both_directions),
            Label("hidden"),
            Dense(TAGS, name="tags"),
        ])  # fmt: skip


def sentences(count, seed):
    """Return words and tags, sparse: a matrix of each per sentence."""
    random = np.random.RandomState(seed)
    words, tags = [], []
    for _ in range(count):
        numbers = random.randint(WORDS, size=random.randint(1, 8))
        around = numbers + np.append(0, numbers[:-1]) + np.append(numbers[1:], 0)
        words.append(np.eye(WORDS, dtype=np.float32)[numbers])
        tags.append(csr_matrix(np.eye(TAGS, dtype=np.float32)[around % TAGS]))
    return words, tags


def create():
    x = C.sequence.input_variable(WORDS, name="words")
    y = C.sequence.input_variable(TAGS, is_sparse=True, name="tags")
    z = create_model()(x)
    loss, error = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    learner = C.fsadagrad(
        z.parameters,
        lr=C.learning_parameter_schedule_per_sample([0.003, 0.001], epoch_size=150),
        momentum=C.momentum_schedule_per_sample(0.99),
        gradient_clipping_threshold_per_sample=15,
        gradient_clipping_with_truncation=True,
    )
    trainer = C.Trainer(z, (loss, error), [learner])

    def train(steps):
        for step in range(steps):
            words, tags = sentences(8, seed=step)
            trainer.train_minibatch({x: words, y: tags})
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    return {"bidirectional_lstm": z}, train, {"words": sentences(3, seed=99)[0]}
