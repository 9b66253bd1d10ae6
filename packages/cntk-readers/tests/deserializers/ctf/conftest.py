from __future__ import annotations

import pytest

from cntk.io.deserializers.ctf import native

# without a compiler there is no reader in C to test
collect_ignore = [] if native.is_available() else ["test_native.py"]
LINE_READERS = ["C", "NumPy"] if native.is_available() else ["NumPy"]


@pytest.fixture(autouse=True, params=LINE_READERS)
def line_reader(request, monkeypatch):
    """Run each test with the reader in C and with NumPy's."""
    if request.param == "NumPy":
        monkeypatch.setattr(native, "is_available", lambda: False)
