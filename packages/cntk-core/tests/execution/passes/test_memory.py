"""Memory of plans: as much as is alive at a time, and no array over another that is still read."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.axis import BATCH_AXIS
from cntk.execution.passes.memory import assign_memory

AXES = (BATCH_AXIS,)
ROWS = {AXES: 16}


def memory_of(widths: list[int], lives: list[int], pinned: list[int] = ()):
    """Return the memory plan of steps that write one array each, and the arrays' lives.

    Args:
        widths: numbers per row of each array.
        lives: for how many more steps each is read.
        pinned: arrays that stay.
    """
    kernel = SimpleNamespace(writes=True, view=False, reads=None, in_place=())
    steps: list = []
    read_at: list[list] = [[] for _ in range(len(widths) + 1)]
    spans = []
    for i, (width, life) in enumerate(zip(widths, lives)):
        symbol = SimpleNamespace(number=i, shape=(width,), dynamic_axes=AXES, has_rows=True,
                                 _dtype=np.dtype(np.float32), channels_last=False)  # fmt: skip
        last = min(i + life, len(widths) - 1)
        read_at[last].append(symbol)
        spans.append((i, len(widths) if i in pinned else last))
        operands = [x for x in read_at[i] if x is not symbol]
        steps.append(SimpleNamespace(operands=operands, all_outputs=[symbol], outputs=[symbol]))
    symbols = [step.outputs[0] for step in steps]
    context = SimpleNamespace(slot=lambda symbol: symbol.number)
    kept = [symbols[i] for i in pinned]
    return assign_memory(steps, [kernel] * len(steps), kept, context), spans


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=30),
    st.sets(st.integers(0, 29)),
)
def test_arrays_that_are_alive_at_once_lie_apart(arrays, kept):
    widths = [16 * width for width, _ in arrays]
    pinned = [i for i in kept if i < len(arrays)]
    memory, spans = memory_of(widths, [life for _, life in arrays], pinned)
    raw = np.zeros(memory.size(ROWS), np.uint8)
    views = dict(memory.views(raw, ROWS))
    assert len(views) == len(arrays)
    for i, (begin, end) in enumerate(spans):
        for j, (other_begin, other_end) in enumerate(spans[:i]):
            if begin <= other_end and other_begin <= end:
                assert not np.may_share_memory(views[i], views[j])


def test_large_arrays_share_whatever_small_ones_come_between():
    memory, _ = memory_of([10, 1000, 10, 10, 1000, 10, 1000], [1] * 7)
    assert memory.size(ROWS) < 4 * 16 * (1000 + 3 * 10) + 64 * 5


def test_memory_is_no_more_than_what_is_alive():
    memory, _ = memory_of([1000, 500, 1000, 500, 10, 1000], [1] * 6)
    assert memory.size(ROWS) < 4 * 16 * (1000 + 500 + 10) + 64 * 4
