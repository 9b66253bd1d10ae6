"""Decimal tokens in bulk equal Python's ``float``."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cntk.io.deserializers.ctf.decimals import NUMBER, PADDING, parse_digits, parse_numbers

TOKENS = st.lists(st.text("0123456789.+-eE", min_size=1, max_size=30), min_size=1, max_size=50)
FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1)


def laid_out(tokens: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a text with the tokens between blanks, where they start and end."""
    text = b" " * PADDING + " ".join(tokens).encode() + b" " * PADDING
    lengths = np.array([len(token) for token in tokens])
    ends = np.cumsum(lengths + 1) - 1 + PADDING
    return np.frombuffer(text, np.uint8), ends - lengths, ends


def num_digits(token: str) -> int:
    return sum(character.isdigit() for character in token.lower().split("e")[0])


@given(TOKENS)
def test_exactly_the_numbers_of_the_grammar_are_accepted(tokens):
    values, ok = parse_numbers(*laid_out(tokens))
    for token, value, good in zip(tokens, values, ok):
        assert good == bool(NUMBER.fullmatch(token.encode()))
        if good and num_digits(token) <= 15:
            assert value == float(token)


@given(FLOATS, st.sampled_from(["{:.3f}", "{:.6e}", "{!r}", "{:.17g}", "{:.0f}"]))
def test_written_floats_come_back(floats, form):
    tokens = [form.format(number) for number in floats]
    values, ok = parse_numbers(*laid_out(tokens))
    assert ok.all()
    np.testing.assert_allclose(values, [float(token) for token in tokens], rtol=2**-52)


def test_the_sign_of_zero_is_kept():
    values, _ = parse_numbers(*laid_out(["-0", "-0.0", "0"]))
    assert np.signbit(values).tolist() == [True, True, False]


@given(st.lists(st.integers(0, 10**19 - 1), min_size=1))
def test_integers_are_exact(numbers):
    values, ok = parse_digits(*laid_out([str(number) for number in numbers]))
    assert ok.all() and values.tolist() == numbers


def test_what_is_not_plain_digits_is_no_integer():
    tokens = ["1.5", "+3", "-1", "1e3", "1" * 20, "7"]
    assert parse_digits(*laid_out(tokens))[1].tolist() == [False] * 5 + [True]
