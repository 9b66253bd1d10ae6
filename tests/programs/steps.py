"""The first losses of three programs, from a start and on minibatches that are given.

Run as a script it prints them; those of CNTK 2.7 are stored in ``tests/data/programs``.
"""

import json

import numpy as np

import cntk as C

STEPS = 20
SEQUENCES = 16  # per minibatch


def tagger(program):
    criterion = program.create_criterion_function(program.create_model())
    learner = C.fsadagrad(
        criterion.parameters,
        C.learning_parameter_schedule_per_sample(0.003),
        C.momentum_schedule(0.9, minibatch_size=70),
        gradient_clipping_threshold_per_sample=15,
        gradient_clipping_with_truncation=True,
    )
    words, tags = zip(*program.sequences(STEPS * SEQUENCES, seed=3))
    one_hot = [np.eye(size, dtype=np.float32) for size in (program.WORDS, program.TAGS)]
    return criterion, learner, [one_hot[0][w] for w in words], [one_hot[1][t] for t in tags]


def bidirectional_tagger(program):
    x = C.sequence.input_variable(program.LEVELS)
    y = C.sequence.input_variable(program.TAGS)
    z = program.create_model()(x)
    criterion = C.combine([C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)])
    lr = C.learning_parameter_schedule_per_sample(0.005)
    learner = C.adam(z.parameters, lr, momentum=C.momentum_schedule(0.9))
    numbers, tags = program.sequences(STEPS * SEQUENCES, seed=3)
    return criterion, learner, numbers, tags


def attention(program):
    criterion = program.create_criterion(program.create_model())
    learner = C.momentum_sgd(
        criterion.parameters,
        C.learning_parameter_schedule_per_sample(0.01),
        C.momentum_schedule_per_sample(0.998),
        gradient_clipping_threshold_per_sample=2.3,
    )
    inputs, labels = program.sequences(STEPS * SEQUENCES, seed=3)
    return criterion, learner, inputs, labels


def losses(create, program):
    """Return the loss of each step."""
    criterion, learner, inputs, labels = create(program)
    random = np.random.RandomState(4)
    for parameter in criterion.parameters:
        parameter.value = random.uniform(-0.3, 0.3, parameter.shape).astype(np.float32)
    trainer = C.Trainer(None, criterion, [learner])
    x, y = criterion.arguments
    found = []
    for start in range(0, STEPS * SEQUENCES, SEQUENCES):
        part = slice(start, start + SEQUENCES)
        trainer.train_minibatch({x: inputs[part], y: labels[part]})
        found.append(trainer.previous_minibatch_loss_average)
    return found


if __name__ == "__main__":
    import attention as attention_program
    import bidirectional_tagger as bidirectional_program
    import tagger as tagger_program

    found = {
        "tagger": losses(tagger, tagger_program),
        "bidirectional_tagger": losses(bidirectional_tagger, bidirectional_program),
        "attention": losses(attention, attention_program),
    }
    print(json.dumps(found, indent=1, sort_keys=True))
