"""Sequences as text. Lines without another remark were written by CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cntk.io import sequence_to_cntk_text_format

from .ctf_files import sequences, source


@pytest.mark.parametrize(
    ("index", "data", "expected"),
    [
        (
            0,
            {"B": [{3: 1}, {2: 2.5}], "A": np.float32([[1, 2], [3, 4], [5, 6.5]])},
            "0\t|A 1.0 2.0 |B 3:1\n0\t|A 3.0 4.0 |B 2:2.5\n0\t|A 5.0 6.5",
        ),
        (7, {"A": np.array([[[1, 2], [3, 4]]])}, "7\t|A 1 2 3 4"),
        (7, {"A": np.array([1, 2])}, "7\t|A 1\n7\t|A 2"),
        (7, {"A": [[1, 2], [3, 4]]}, "7\t|A 1 2\n7\t|A 3 4"),
        (0, {"A": np.float32([[0.1, 2.123456789, 1e20]])}, "0\t|A 0.1 2.1234567 1e+20"),
        (0, {"A": [{3: np.float32(0.1), 1: 2}], "B": [{}]}, "0\t|A 1:2 3:0.1 |B "),
        # CNTK 2.7 writes True, which it cannot read
        (0, {"A": np.array([[True, False]])}, "0\t|A 1 0"),
    ],
)
def test_lines(index, data, expected):
    assert sequence_to_cntk_text_format(index, data) == expected


@pytest.mark.parametrize(
    ("index", "data", "error"),
    [
        (0, {}, ValueError),
        (0, {"A": "text"}, ValueError),
        (0, {"A": np.array(3.0)}, ValueError),
        (0, {"A": np.array([[np.nan]])}, ValueError),
        (None, {"A": np.ones((1, 1))}, TypeError),
        ("x", {"A": np.ones((1, 1))}, ValueError),
    ],
)
def test_what_cannot_be_written_is_refused(index, data, error):
    with pytest.raises(error):
        sequence_to_cntk_text_format(index, data)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 5), st.just(2)),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    )
)
def test_what_was_written_is_read_back(tmp_path, values):
    text = sequence_to_cntk_text_format(3, {"A": values, "B": [{1: 2.5}] * len(values)})
    streams = {"A": ("A", 2, False), "B": ("B", 3, True)}
    found = sequences(source(tmp_path / "f", text, streams).next_minibatch(9))
    assert found == {"A": [values.tolist()], "B": [[[0, 2.5, 0]] * len(values)]}
