"""All ways of spreading the tokens of a sequence over its frames, and their likelihood.

The states of a sequence are its tokens with a blank before, between and after them. A frame is in
one state; from a frame to the next it stays, goes on by one, or leaves out the blank between two
different tokens. All sequences are computed together, one time step after the other, in logarithms.
"""

from __future__ import annotations

import numpy as np

from cntk.layout import Layout
from cntk.ops._loss.ctc.tokens import Tokens

# the logarithm of no likelihood at all: finite, so that differences of two of them are numbers
_NEVER = -1e30


class Lattice:
    """The states of each sequence of a minibatch.

    Args:
        tokens: the tokens of each sequence, as packed.
        frames: the rows of the minibatch.
        blank: the symbol that stands for no token.
        delay: number of frames that a token may come later than its label says; negative: any.
    """

    def __init__(self, tokens: Tokens, frames: Layout, blank: int, delay: int) -> None:
        sequences, most = tokens.names.shape
        self._frames, self._time = frames, frames.time_of_row
        self._place = np.arange(frames.rows) - frames.offsets[self._time]
        self._length = frames.lengths[frames.order]  # of each sequence
        self._last = 2 * tokens.counts  # its last state
        self._symbol = np.full((sequences, 2 * most + 1), blank)  # [sequences, states]
        self._symbol[:, 1::2] = tokens.names
        self._skip = np.full(self._symbol.shape, _NEVER)  # 0: comes after the state before last
        self._skip[:, 3::2][tokens.names[:, 1:] != tokens.names[:, :-1]] = 0
        self._latest = _latest_frames(tokens, delay) if delay >= 0 else None

    def scores(self, log_share: np.ndarray) -> np.ndarray:
        """Return the logarithm of the likelihood of each state at each frame.

        Args:
            log_share: the same of each symbol, ``[rows, V]``.

        Returns:
            ``[rows, states]``.
        """
        score = np.take_along_axis(log_share, self._symbol[self._place], axis=1)
        np.maximum(score, _NEVER, out=score)
        if self._latest is not None:
            too_late = self._time[:, None] > self._latest[self._place]
            end = self._frames.offsets[self._length - 1] + np.arange(len(self._last))
            too_late[end, self._last] = False
            score[too_late] = _NEVER
        return score

    def forward(self, score: np.ndarray) -> np.ndarray:
        """Return the likelihood of all that leads to a state, the state's own with it."""
        offsets, sizes = self._frames.offsets, self._frames.step_sizes
        arrived = np.full_like(score, _NEVER)
        arrived[: sizes[0], :2] = score[: sizes[0], :2]
        before = np.full((len(self._symbol), score.shape[1] + 2), _NEVER)
        for step in range(1, len(sizes)):
            n, here = sizes[step], slice(offsets[step], offsets[step + 1])
            before[:n, 2:] = arrived[offsets[step - 1] : offsets[step - 1] + n]
            skipped = before[:n, :-2] + self._skip[:n]
            arrived[here] = _log_sum(before[:n, 2:], before[:n, 1:-1], skipped) + score[here]
        return arrived

    def likelihood(self, arrived: np.ndarray) -> np.ndarray:
        """Return the logarithm of the likelihood of each sequence; -inf where no way exists."""
        sequence = np.arange(len(self._symbol))
        end = arrived[self._frames.offsets[self._length - 1] + sequence]
        blank, token = end[sequence, self._last], end[sequence, np.maximum(self._last - 1, 0)]
        total = np.where(self._last > 0, np.logaddexp(blank, token), blank)
        return np.where(total < _NEVER / 2, -np.inf, total)

    def occupancy(self, arrived: np.ndarray, score: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Turn ``arrived`` into the probability of each state at each frame, given the tokens."""
        offsets, sizes = self._frames.offsets, self._frames.step_sizes
        total = np.where(np.isneginf(total), 0, total)[:, None]
        state = np.arange(score.shape[1])
        ends = (state == self._last[:, None]) | (state == self._last[:, None] - 1)
        skip = np.full_like(self._skip, _NEVER)
        skip[:, :-2] = self._skip[:, 2:]
        leads = np.where(ends, 0, _NEVER)  # likelihood of all that follows a state
        after = np.full((len(leads), score.shape[1] + 2), _NEVER)
        going_on = 0
        for step in reversed(range(len(sizes))):
            n, here = sizes[step], slice(offsets[step], offsets[step + 1])
            on = after[:going_on]
            leads[:going_on] = _log_sum(on[:, :-2], on[:, 1:-1], on[:, 2:] + skip[:going_on])
            arrived[here] += leads[:n]
            arrived[here] -= total[:n]
            after[:n, :-2] = leads[:n] + score[here]
            going_on = n
        return np.exp(arrived, out=arrived)

    def by_symbol(self, occupancy: np.ndarray, symbols: int) -> np.ndarray:
        """Return the sum over the states of each symbol, ``[rows, symbols]``."""
        at = self._symbol[self._place] + symbols * np.arange(len(occupancy))[:, None]
        found = np.bincount(at.ravel(), occupancy.ravel(), len(occupancy) * symbols)
        return found.reshape(len(occupancy), symbols)

    def rows_of(self, each: np.ndarray) -> np.ndarray:
        """Return for each row what its sequence has."""
        return each[self._place]


def _log_sum(stay: np.ndarray, step: np.ndarray, skip: np.ndarray) -> np.ndarray:
    """Return ``log(exp(stay) + exp(step) + exp(skip))``."""
    most = np.maximum(np.maximum(stay, step), skip)
    total = np.exp(stay - most)
    total += np.exp(step - most)
    total += np.exp(skip - most)
    return most + np.log(total, out=total)


def _latest_frames(tokens: Tokens, delay: int) -> np.ndarray:
    """Return the last frame at which each state may be, as CNTK 2.7 has it.

    A token may go on for ``delay`` frames after the next one begins by its label, the blank before
    it for one frame less; nothing follows the last token, which has no limit. The blank behind it
    begins and ends with the sequence, unless ``delay`` is 0: it is left to the first ``delay``
    frames, and to the very last one, which ``Lattice.scores`` lets through.
    """
    sequences, most = tokens.names.shape
    index, forever = np.arange(most), np.iinfo(np.int64).max
    following = np.zeros_like(tokens.begins)
    following[:, :-1] = tokens.begins[:, 1:]
    is_last = index >= tokens.counts[:, None] - 1
    latest = np.full((sequences, 2 * most + 1), forever)
    latest[:, 1::2] = np.where(is_last, forever, following + delay)
    latest[:, :-1:2] = np.where(is_last, forever, following + delay - 1)
    latest[np.arange(sequences), 2 * tokens.counts] = delay - 1 if delay else forever
    return latest
