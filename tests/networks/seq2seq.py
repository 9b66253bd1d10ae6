"""Sequence to sequence with attention: LSTMs read from both ends, an LSTM of two layers writes.

Bahdanau et al., 2014, arXiv:1409.0473; by the blocks that CNTK's tutorials for it are made of. The
model that decodes greedily is another Function with the same parameters.
"""

import numpy as np

import cntk as C
from cntk.layers import (
    LSTM,
    AttentionModel,
    Dense,
    Embedding,
    For,
    Recurrence,
    Sequential,
    Stabilizer,
    UnfoldFrom,
)
from cntk.layers.typing import SequenceOver, Tensor

SYMBOLS, HIDDEN, LAYERS = 8, 12, 2
START, END = 0, 1
FEATURES = None
IN_DOUBLE = False

source_axis, target_axis = C.Axis("source"), C.Axis("target")
Source, Target = (
    SequenceOver[source_axis][Tensor[SYMBOLS]],
    SequenceOver[target_axis][Tensor[SYMBOLS]],
)
ONE_HOT = np.eye(SYMBOLS, dtype=np.float32)


def create_model():
    """Return (history, source) -> scores of the next symbol."""
    embed = Embedding(6, name="embed")
    with C.layers.default_options(enable_self_stabilization=True, go_backwards=False):
        forward, backward = Recurrence(LSTM(HIDDEN)), Recurrence(LSTM(HIDDEN), go_backwards=True)
        encode = Sequential([embed, Stabilizer(), (forward, backward), C.splice])
        upper = Sequential(
            [For(range(LAYERS - 1), lambda: Sequential([Stabilizer(), Recurrence(LSTM(HIDDEN))]))]
        )
        stabilize = Stabilizer()
        cell = LSTM(HIDDEN)
        project = Sequential([Stabilizer(), Dense(SYMBOLS, name="projection")])
        attention_model = AttentionModel(10, name="attention_model")

    @C.Function
    def decode(history, source):
        encoded = encode(source)

        @C.Function
        def with_attention(h, c, x):
            return cell(h, c, C.splice(x, attention_model(encoded, h)))

        return project(upper(Recurrence(with_attention)(stabilize(embed(history)))))

    return decode


def create_greedy(model):
    @C.Function
    @C.layers.Signature(Source)
    def greedy(source):
        unfold = UnfoldFrom(
            lambda history: model(history, source) >> C.hardmax,
            until_predicate=lambda symbol: symbol[..., END],
            length_increase=1.5,
        )
        return unfold(initial_state=C.Constant(ONE_HOT[START]), dynamic_axes_like=source)

    return greedy


def create_criterion(model):
    @C.Function
    @C.layers.Signature(source=Source, target=Target)
    def criterion(source, target):
        history = C.layers.Delay(initial_state=C.Constant(ONE_HOT[START]))(target)
        z = model(history, source)
        return C.cross_entropy_with_softmax(z, target), C.classification_error(z, target)

    return criterion


def sequences(count, seed):
    """Return sequences and what they are backwards, with a symbol for the end."""
    random = np.random.RandomState(seed)
    found = [random.randint(2, SYMBOLS, random.randint(2, 6)) for _ in range(count)]
    return [ONE_HOT[s] for s in found], [ONE_HOT[np.append(s[::-1], END)] for s in found]


def create():
    model = create_model()
    criterion, greedy = create_criterion(model), create_greedy(model)
    learner = C.adam(
        criterion.parameters,
        C.learning_parameter_schedule_per_sample(0.003),
        C.momentum_schedule(0.9366416204111472, minibatch_size=32),
        gradient_clipping_threshold_per_sample=2.3,
        gradient_clipping_with_truncation=True,
    )
    trainer = C.Trainer(None, criterion, learner)

    def train(steps):
        for step in range(steps):
            trainer.train_minibatch(dict(zip(criterion.arguments, sequences(8, seed=step))))
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    source, target = sequences(3, seed=99)
    return (
        {"seq2seq": criterion, "seq2seq_greedy": greedy},
        train,
        {"source": source, "target": target},
    )
