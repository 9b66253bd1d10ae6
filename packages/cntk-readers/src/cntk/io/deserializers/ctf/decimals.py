"""Decimal text to numbers, thousands at a time.

A token is read as one to three 64-bit words that end where the token ends. Bytes before the token
become '0', the decimal point is squeezed out, and three multiplications turn eight digits into an
integer ("SWAR"). Up to 15 digits the mantissa (below 2**53) and the power of ten (below 10**22) are
exact in float64, so one division rounds correctly and the result equals ``float(token)``; up to 19
digits it is within one unit of the last place of float64. Anything longer is left to ``float``.

Reference for the digit step: Lemire, "Quickly parsing eight digits" (2018).
"""

from __future__ import annotations

import re

import numpy as np

PADDING = 24
"""Bytes that must lie before the first token of a text, so that its words exist."""

NUMBER = re.compile(rb"[+-]?[0-9]+(?:(?:\.[0-9]+)?[eE][+-]?[0-9]+|\.[0-9]*)?")
"""The original's numbers: a digit comes first; ``.5``, ``1.e3``, ``nan``, ``inf`` are refused."""

_U = np.uint64
_ZEROS = _U(0x3030303030303030)
_POINTS = _U(0x2E2E2E2E2E2E2E2E)
_ONES, _HIGHS = _U(0x0101010101010101), _U(0x8080808080808080)
_NIBBLES = _U(0xF0F0F0F0F0F0F0F0)
_LONGEST, _MOST_DIGITS = 24, 19
# top n bytes of a word, n = 0..8; a text's last byte is the top one
_TOP = np.array([(2**64 - 1) ^ (2 ** (64 - 8 * n) - 1) for n in range(9)], _U)
# bytes of the last, last but one, ... word that belong to a token of n bytes
_INSIDE = [_TOP[np.clip(np.arange(_LONGEST + 1) - 8 * j, 0, 8)] for j in range(3)]
# a point's bit times this leaves 1 + (digits after the point) in the top byte; no point leaves 0
_COUNT_AFTER = _U(0x0807060504030201)
_AFTER_POINT = np.concatenate((_TOP[8:], _TOP[:8]))
_POWER = 10.0 ** np.arange(23)


def words_of(text: np.ndarray) -> np.ndarray:
    """Return the little-endian 64-bit word that begins at each byte of a uint8 array."""
    return np.ndarray((len(text) - 7,), "<u8", buffer=text, strides=(1,))


def parse_digits(text, starts, ends) -> tuple[np.ndarray, np.ndarray]:
    """Return the unsigned integers of some tokens, and which tokens are 1 to 19 plain digits."""
    counts = ends - starts
    ok = (counts > 0) & (counts <= _MOST_DIGITS)
    values = np.zeros(len(starts), _U)
    for j, word in enumerate(_token_words(text, ends, np.clip(counts, 0, _LONGEST))):
        ok &= (word & _NIBBLES) == _ZEROS
        values += _eight_digits(word) * _U(10 ** (8 * j))
    return values, ok


def parse_numbers(text, starts, ends) -> tuple[np.ndarray, np.ndarray]:
    """Return the float64 values of some tokens, and which tokens are numbers.

    Args:
        text: uint8 array; at least :data:`PADDING` bytes lie before the first token.
        starts: first byte of each token. Tokens are made of ``0-9 + - . e E`` only.
        ends: byte after the last one of each token.

    >>> text = np.frombuffer(b" " * 24 + b"-1.50 2e3 .5", np.uint8)
    >>> parse_numbers(text, np.array([24, 30, 34]), np.array([29, 33, 36]))
    (array([-1.5e+00,  2.0e+03,  0.0e+00]), array([ True,  True, False]))
    """
    mantissa, scale, negative, ok = _decimals(text, starts, ends)
    values = mantissa.astype(np.float64)
    if scale.any():
        values /= _POWER.take(scale, mode="clip")
    if negative.any():
        values = np.where(negative, -values, values)
    if not ok.all():
        rest = np.flatnonzero(~ok)
        values[rest], ok[rest] = _parse_unusual(text, starts[rest], ends[rest])
    return values, ok


def _decimals(text, starts, ends):
    """Return mantissa, digits after the point, sign and validity of tokens without exponent."""
    first = text.take(starts)
    negative = first == ord("-")
    counts = ends - starts - (negative | (first == ord("+")))
    ok = (counts > 0) & (counts <= _LONGEST)
    words = _token_words(text, ends, np.clip(counts, 0, _LONGEST))
    # 1 + digits after the point, 0 without a point
    after = np.zeros(len(starts), _U)
    mantissa = np.zeros(len(starts), _U)
    for j, word in enumerate(words):
        point = _find_point(word)
        if not (point.any() or (j and after.any())):
            ok &= (word & _NIBBLES) == _ZEROS
            mantissa += _eight_digits(word) * _U(10 ** (8 * j))
            continue
        here = ((point >> _U(7)) * _COUNT_AFTER) >> _U(56)
        ok &= ((point & (point - _U(1))) == 0) & ((point == 0) | (after == 0))
        carry = words[j + 1] >> _U(56) if j + 1 < len(words) else _U(0x30)
        # a point in an earlier word moves this one up as a whole
        word = _squeeze(word, np.where(after != 0, _U(1), here) if j else here, carry)
        ok &= (word & _NIBBLES) == _ZEROS
        mantissa += _eight_digits(word) * _U(10 ** (8 * j))
        after = np.where(point != 0, here + _U(8 * j), after) if j else here
    # a point after n - 1 of n characters stands first
    ok &= after != counts.astype(_U)
    if len(words) == 3:
        ok &= counts - (after != 0) <= _MOST_DIGITS
    return mantissa, np.maximum(after, _U(1)).astype(np.int64) - 1, negative, ok


def _parse_unusual(text, starts, ends):
    """Return values and validity of tokens with an exponent or with very many digits."""
    width = min(int((ends - starts).max()), 32)
    columns = np.arange(width)
    inside = columns < (ends - starts)[:, None]
    letters = text.take(np.minimum(starts[:, None] + columns, len(text) - 1)) | 0x20
    is_exponent = (letters == ord("e")) & inside
    split = starts + is_exponent.argmax(1)
    mantissa, scale, negative, ok = _decimals(text, starts, split)
    sign = text.take(np.minimum(split + 1, len(text) - 1))
    has_sign = (sign == ord("-")) | (sign == ord("+"))
    exponent, digits = parse_digits(text, np.minimum(split + 1 + has_sign, ends), ends)
    exponent = np.where(digits, exponent, 0).astype(np.int64)
    power = np.where(sign == ord("-"), -exponent, exponent) - scale
    ok &= digits & (is_exponent.sum(1) == 1) & (np.abs(power) <= 22)
    ok &= text.take(split - 1) != ord(".")
    values = np.where(negative, -1.0, 1.0) * mantissa
    values *= _POWER.take(power, mode="clip")
    values /= _POWER.take(-power, mode="clip")
    for i in np.flatnonzero(~ok):
        token = text[starts[i] : ends[i]].tobytes()
        if NUMBER.fullmatch(token):
            values[i], ok[i] = float(token), True
    return values, ok


def _token_words(text, ends, counts) -> list[np.ndarray]:
    """Return the last word of each token, the one before it, ..., with '0' before the token."""
    words = words_of(text)
    needed = max(1, -(-int(counts.max(initial=0)) // 8))
    filled = []
    for j in range(needed):
        inside = _INSIDE[j].take(counts)
        filled.append((words[ends - 8 * (j + 1)] & inside) | (_ZEROS & ~inside))
    return filled


def _find_point(word):
    """Return the top bit of each byte that is a decimal point."""
    difference = word ^ _POINTS
    return (difference - _ONES) & ~difference & _HIGHS


def _squeeze(word, after, carry):
    """Remove the point: bytes before it move up by one, ``carry`` comes in below."""
    fixed = _AFTER_POINT.take(after.astype(np.intp), mode="clip")
    return (word & fixed) | (((word << _U(8)) | carry) & ~fixed)


def _eight_digits(word):
    word = ((word & _U(0x0F0F0F0F0F0F0F0F)) * _U(2561)) >> _U(8)
    word = ((word & _U(0x00FF00FF00FF00FF)) * _U(6553601)) >> _U(16)
    return ((word & _U(0x0000FFFF0000FFFF)) * _U(42949672960001)) >> _U(32)
