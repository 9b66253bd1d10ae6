"""StreamInformation."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.minibatch import StreamInformation


def test_what_it_shows():
    info = StreamInformation("x", 3, "sparse", np.float64, (2, 4), defines_mb_size=True)
    assert (repr(info), info.as_string(), info.name) == ("x([2 x 4])", "x([2 x 4])", "x")
    assert (info.m_name, info.m_id, info.m_storage_format, info.m_element_type) == ("x", 3, 1, 2)
    assert (info.shape, info.dtype, info.is_sparse) == ((2, 4), np.dtype("f8"), True)
    assert info.m_defines_mb_size and not info.m_is_binary


def test_name_and_id_make_the_key():
    one = StreamInformation("x", 0, "dense", np.float32, (2,))
    same = StreamInformation("x", 0, "sparse", np.float64, (3,))
    assert one == same and {one: 1}[same] == 1
    assert one != StreamInformation("x", 1, "dense", np.float32, (2,))
    assert one != StreamInformation("y", 0, "dense", np.float32, (2,))
    assert one != "x"


@pytest.mark.parametrize(
    ("storage", "dtype", "message"),
    [("dens", np.float32, "'dense' or 'sparse'"), ("dense", np.int32, "is not supported")],
)
def test_unknown_kinds_are_refused(storage, dtype, message):
    with pytest.raises(ValueError, match=message):
        StreamInformation("x", 0, storage, dtype, (2,))
