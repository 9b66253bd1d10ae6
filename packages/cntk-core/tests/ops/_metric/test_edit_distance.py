"""Many pairs at once against the textbook's table of one pair."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.ops._metric.edit_distance import Penalties, count_edits, padded

words = st.lists(st.integers(0, 2), max_size=6)
costs = st.sampled_from([0, 0.5, 1, 1.5, 2, 3])


def table(words: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(word) for word in words])
    sequence = np.repeat(np.arange(len(words)), lengths)
    return padded(np.array(sum(words, []), np.int64), sequence, lengths), lengths


def counted(pairs, penalties) -> list[int]:
    ours, our_lengths = table([a for a, _ in pairs])
    theirs, their_lengths = table([b for _, b in pairs])
    return count_edits(ours, theirs, our_lengths, their_lengths, penalties).tolist()


def levenshtein(a, b) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        above, row = row, [i + 1]
        for j, y in enumerate(b):
            row.append(min(above[j] + (x != y), above[j + 1] + 1, row[j] + 1))
    return row[-1]


def cheapest(a, b, penalties) -> tuple[float, int]:
    """Return cost and number of edits, cell by cell; ties as the original decides them."""
    if not a or not b:
        return len(a) * penalties.deletion + len(b) * penalties.insertion, len(a) + len(b)
    cost, edits = cheapest(a[:-1], b[:-1], penalties)
    if a[-1] == b[-1]:
        return cost, edits
    ways = [
        (cost + penalties.substitution, edits),
        *((c + p, n) for (c, n), p in (
            (cheapest(a, b[:-1], penalties), penalties.insertion),
            (cheapest(a[:-1], b, penalties), penalties.deletion),
        )),
    ]  # fmt: skip
    cost, edits = min(ways, key=lambda way: way[0])
    return cost, edits + 1


@given(st.lists(st.tuples(words, words), min_size=1, max_size=5))
def test_levenshtein_distance(pairs):
    assert counted(pairs, Penalties(1, 1, 1)) == [levenshtein(a, b) for a, b in pairs]


@settings(max_examples=30)
@given(st.lists(st.tuples(words, words), min_size=1, max_size=3), costs, costs, costs)
def test_edits_of_the_cheapest_way(pairs, substitution, deletion, insertion):
    penalties = Penalties(substitution, deletion, insertion)
    assert counted(pairs, penalties) == [cheapest(a, b, penalties)[1] for a, b in pairs]


def test_nothing_to_compare():
    assert counted([([], []), ([], [1, 2]), ([0], [])], Penalties(1, 1, 1)) == [0, 2, 1]
