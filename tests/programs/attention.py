"""Write sequences backwards: encoder, decoder with attention, greedy decoding by `UnfoldFrom`.

Training shows the decoder the right history; decoding feeds back what it wrote itself, up to
the symbol that ends a sequence. The lengths of input and output are independent axes.

Figure: sequences of 100 new ones with a mistake in them; here 0 %, in CNTK 2.7 0 %.
"""

import numpy as np

import cntk as C
from cntk.layers import (
    LSTM,
    AttentionModel,
    Dense,
    Embedding,
    Recurrence,
    Stabilizer,
    UnfoldFrom,
)
from cntk.layers.typing import SequenceOver, Tensor
from cntk.logging import ProgressPrinter

GOAL = 0.1

SYMBOLS = 10  # the first two begin and end a sequence
START, END = 0, 1
HIDDEN = 32

inputAxis, labelAxis = C.Axis("inputAxis"), C.Axis("labelAxis")
InputSequence, LabelSequence = SequenceOver[inputAxis], SequenceOver[labelAxis]
ONE_HOT = np.eye(SYMBOLS, dtype=np.float32)


def create_model():
    """Return (history, input) -> scores of the next symbol."""
    embed = Embedding(12, name="embed")
    with C.layers.default_options(enable_self_stabilization=True):
        encoder = Recurrence(LSTM(HIDDEN), go_backwards=True)
        decoder_block = LSTM(HIDDEN)
        stabilize_in, stabilize_out = Stabilizer(), Stabilizer()
        attention_model = AttentionModel(24, name="attention_model")
        project = Dense(SYMBOLS, name="out_proj")

    @C.Function
    def model(history, input):
        encoded = encoder(stabilize_in(embed(input)))

        @C.Function
        def lstm_with_attention(dh, dc, x):
            h_att = attention_model(encoded, dh)
            return decoder_block(dh, dc, C.splice(x, h_att))

        r = Recurrence(lstm_with_attention)(embed(history))
        return project(stabilize_out(r))

    return model


def create_criterion(model):
    @C.Function.with_signature(
        input=InputSequence[Tensor[SYMBOLS]], labels=LabelSequence[Tensor[SYMBOLS]]
    )
    def criterion(input, labels):
        start = C.Constant(ONE_HOT[START])
        history = C.layers.Delay(initial_state=start)(labels)
        z = model(history, input)
        return C.cross_entropy_with_softmax(z, labels), C.classification_error(z, labels)

    return criterion


def create_greedy(model):
    @C.Function.with_signature(InputSequence[Tensor[SYMBOLS]])
    def greedy(input):
        unfold = UnfoldFrom(
            lambda history: model(history, input) >> C.hardmax,
            until_predicate=lambda symbol: symbol[..., END],
            length_increase=1.5,
        )
        return unfold(initial_state=C.Constant(ONE_HOT[START]), dynamic_axes_like=input)

    return greedy


def sequences(count, seed):
    random = np.random.RandomState(seed)
    inputs = [random.randint(2, SYMBOLS, random.randint(3, 7)) for _ in range(count)]
    return [ONE_HOT[s] for s in inputs], [ONE_HOT[np.append(s[::-1], END)] for s in inputs]


def main():
    C.cntk_py.set_fixed_random_seed(1)
    model = create_model()
    criterion = create_criterion(model)
    greedy = create_greedy(model)

    learner = C.adam(
        criterion.parameters,
        lr=C.learning_parameter_schedule_per_sample([0.005] * 5 + [0.001], epoch_size=22000),
        momentum=C.momentum_schedule_per_sample(0.998),
        gradient_clipping_threshold_per_sample=2.3,
        gradient_clipping_with_truncation=True,
    )
    progress = ProgressPrinter(tag="Training", num_epochs=6)
    trainer = C.Trainer(None, criterion, learner, progress)
    inputs, labels = sequences(4000, seed=1)
    x, y = criterion.arguments
    for _ in range(6):
        for start in range(0, len(inputs), 50):
            part = slice(start, start + 50)
            trainer.train_minibatch({x: inputs[part], y: labels[part]})
        trainer.summarize_training_progress()

    wrong = 0
    inputs, labels = sequences(100, seed=2)
    for output, label in zip(greedy(inputs), labels):
        written = list(np.argmax(output, axis=-1))
        written = written[: written.index(END) + 1] if END in written else written
        wrong += written != list(np.argmax(label, axis=-1))
    return wrong / len(inputs)


if __name__ == "__main__":
    print(f"sequences with a mistake: {main():.1%}")
