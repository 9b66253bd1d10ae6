"""Vectors of words by noise contrastive estimation: from a word to the words around it.

The text is made of topics: words of one topic stand together. Vectors of words of one topic
should come out alike.

Figure: words whose nearest other word is of another topic; here 0 %, in CNTK 2.7 0 %.
"""

import numpy as np

import cntk as C
from cntk.layers import Embedding
from cntk.logging import ProgressPrinter

GOAL = 0.05

TOPICS, WORDS_OF_TOPIC, DIMENSION = 20, 10, 16
WORDS = TOPICS * WORDS_OF_TOPIC


def pairs(count, random):
    """Return words and a word from around each: mostly of its topic, sometimes any."""
    words = random.randint(WORDS, size=count)
    around = words - words % WORDS_OF_TOPIC + random.randint(WORDS_OF_TOPIC, size=count)
    anywhere = random.rand(count) < 0.2
    around[anywhere] = random.randint(WORDS, size=anywhere.sum())
    return words, around


def one_hot(indices):
    return C.Value.one_hot(list(map(int, indices)), WORDS)


def main():
    C.cntk_py.set_fixed_random_seed(1)
    word = C.input_variable(WORDS, is_sparse=True)
    around = C.input_variable(WORDS, is_sparse=True)
    vector = Embedding(DIMENSION)(word)
    weights = C.parameter((WORDS, DIMENSION), init=C.glorot_uniform())
    bias = C.parameter((WORDS, 1), init=-np.log(WORDS))
    noise = np.full(WORDS, 1, np.float32)
    loss = C.nce_loss(weights, bias, vector, around, noise, num_samples=16, seed=1)

    z = C.reshape(C.times_transpose(weights, vector) + bias, WORDS)
    error = C.classification_error(z, around)
    lr = C.learning_parameter_schedule_per_sample(0.05)
    progress = ProgressPrinter(freq=100, tag="Training")
    trainer = C.Trainer(z, (loss, error), [C.momentum_sgd(z.parameters, lr, 0.9)], [progress])
    random = np.random.RandomState(1)
    for _ in range(400):
        words, words_around = pairs(200, random)
        trainer.train_minibatch({word: one_hot(words), around: one_hot(words_around)})
    trainer.summarize_training_progress()

    vectors = vector.eval({word: one_hot(range(WORDS))})
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = vectors.dot(vectors.T) - 2 * np.eye(WORDS)
    nearest = np.argmax(likeness, axis=1)
    return float(np.mean(nearest // WORDS_OF_TOPIC != np.arange(WORDS) // WORDS_OF_TOPIC))


if __name__ == "__main__":
    print(f"words next to another topic: {main():.1%}")
