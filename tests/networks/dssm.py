"""Match questions with answers: a tower of layers for each, compared by the cosine of their ends.

Huang et al., 2013, doi:10.1145/2505515.2505665 (DSSM). The answers of other questions in the
minibatch are the wrong ones.
"""

import numpy as np
from scipy.sparse import csr_matrix

import cntk as C
from cntk.layers import LSTM, Dense, Embedding, Fold, Sequential

WORDS, NEGATIVE, SHIFT = 30, 4, 1
FEATURES = None
IN_DOUBLE = False


def create_tower(name):
    with C.layers.default_options(init=C.glorot_uniform(), activation=C.tanh):
        return Sequential([
            Embedding(10, name=name + "_embedding"),
            Fold(LSTM(12)),
            Dense(12, name=name + "_hidden"),
            Dense(8, name=name),
        ], name=name + "_tower")  # fmt: skip


def create_model(query, answer):
    return C.combine(create_tower("query")(query), create_tower("answer")(answer), name="towers")


def create_loss(model):
    similarity = C.cosine_distance_with_negative_samples(
        model.outputs[0], model.outputs[1], shift=SHIFT, num_negative_samples=NEGATIVE
    )
    right, wrong = similarity[0], similarity[1:]
    loss = C.reduce_log_sum_exp(10 * similarity) - 10 * right
    return loss, C.less(right, C.reduce_max(wrong))


def texts(count, seed):
    """Return words of questions and of answers, which hold words that depend on them."""
    random = np.random.RandomState(seed)
    one_hot = np.eye(WORDS, dtype=np.float32)
    questions, answers = [], []
    for _ in range(count):
        words = random.randint(WORDS, size=random.randint(2, 6))
        questions.append(csr_matrix(one_hot[words]))
        answers.append(csr_matrix(one_hot[(words[1:] + 7) % WORDS]))
    return questions, answers


def create():
    query_axis, answer_axis = (
        C.Axis.new_unique_dynamic_axis("q"),
        C.Axis.new_unique_dynamic_axis("a"),
    )
    query = C.sequence.input_variable(WORDS, is_sparse=True, sequence_axis=query_axis, name="query")
    answer = C.sequence.input_variable(
        WORDS, is_sparse=True, sequence_axis=answer_axis, name="answer"
    )
    model = create_model(query, answer)
    loss, error = create_loss(model)
    rate = C.learning_parameter_schedule_per_sample(0.01)
    momentum = C.momentum_schedule(0.9, minibatch_size=10)
    learner = C.momentum_sgd(model.parameters, rate, momentum)
    trainer = C.Trainer(model, (loss, error), [learner])

    def train(steps):
        for step in range(steps):
            questions, answers = texts(10, seed=step)
            trainer.train_minibatch({query: questions, answer: answers})
            yield (
                trainer.previous_minibatch_loss_average,
                trainer.previous_minibatch_evaluation_average,
            )

    questions, answers = texts(3, seed=99)
    return {"dssm": model}, train, {"query": questions, "answer": answers}
