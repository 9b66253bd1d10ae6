"""The examples in the guides run, and print what stands there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
EXAMPLES = re.compile(r"^```pycon\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
WITH_EXAMPLES = [
    guide for guide in sorted(GUIDES.glob("*.md")) if EXAMPLES.search(guide.read_text("utf-8"))
]


@pytest.mark.parametrize("guide", WITH_EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(guide, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    examples = "\n".join(EXAMPLES.findall(guide.read_text("utf-8")))
    test = doctest.DocTestParser().get_doctest(examples, {}, guide.name, str(guide), 0)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=report.append)
    assert result.failed == 0, "".join(report)
