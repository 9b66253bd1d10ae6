"""Every operator is what its declaration says; ``-k softmax`` chooses, an operator needs no test.

What is checked, and how, is the published suite :mod:`cntk.testing`.
"""

from __future__ import annotations

import pytest

from cntk.testing import operator_cases


@pytest.mark.parametrize("case", operator_cases(), ids=str)
def test_operator(case):
    case.run()
