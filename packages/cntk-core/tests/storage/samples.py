"""Dictionaries and files that several tests of this folder share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from cntk.storage import Dictionary, Double, Float, Int, Shape, SizeT, StoredAxis

GOLDEN = Path(__file__).parents[4] / "tests" / "data" / "golden" / "models"
GOLDEN_FILES = sorted(
    path for path in GOLDEN.iterdir() if path.suffix in (".model", ".ckpt", ".ckp")
)


def typed(value):
    """Return a value in a form that is equal only if types, order of keys and bytes are."""
    if isinstance(value, dict):
        return [(key, typed(item)) for key, item in value.items()]
    if isinstance(value, list):
        return ["list", *map(typed, value)]
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    if isinstance(value, float):
        return type(value), np.float64(value).tobytes()
    return type(value), value


def one_of_each():
    """Return a small dictionary with a value of every type of the format."""
    return Dictionary(
        none=None,
        true=True,
        int=Int(-7),
        size=SizeT(2**64 - 1),
        float=Float(0.1),
        double=Double(0.1),
        text="größe",
        shape=Shape((3, 2**64 - 1)),
        axis=StoredAxis(2147483647, "defaultBatchAxis", False),
        vector=[SizeT(1), Int(1), "", [], Dictionary(inner=False)],
        dictionary=Dictionary(nested=Dictionary()),
        arrays=[
            np.arange(6, dtype=np.float32).reshape(2, 3),
            np.array(0.5),
            np.array([[1.5, np.inf]], np.float16),
            np.array([-128, 0, 127], np.int8),
            np.array([-(2**15), -1, 0, 1, 63, 64, -64, -65, 8191, 8192, 2**15 - 1], np.int16),
            np.empty((0, 5), np.float32),
        ],
    )


_SIZES = st.integers(0, 2**63 - 1) | st.sampled_from([2**64 - 1, 2**64 - 2, 2**64 - 3])
_TEXT = st.text(max_size=8)
_INT32 = st.integers(-(2**31), 2**31 - 1)
_ARRAYS = st.sampled_from(["f2", "f4", "f8", "i1", "i2"]).flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, min_side=0, max_side=4))
)
_LEAVES = (
    st.none()
    | st.booleans()
    | _INT32.map(Int)
    | st.integers(0, 2**64 - 1).map(SizeT)
    | st.floats(width=32).map(Float)
    | st.floats().map(Double)
    | _TEXT
    | st.lists(_SIZES, max_size=5).map(Shape)
    | st.builds(StoredAxis, _INT32, _TEXT, st.booleans())
    | _ARRAYS
)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4).map(Dictionary)
    ),
    max_leaves=12,
)
DICTIONARIES = st.dictionaries(_TEXT, VALUES, max_size=5).map(Dictionary)
