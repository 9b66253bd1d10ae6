"""Small scripts on layers give what CNTK 2.7 gave, printed, built and computed."""

from __future__ import annotations

import json

import pytest

from .scripts import FILE, outcome, scripts

RESULTS = (FILE.parent / "results.jsonl").read_text(encoding="utf-8").splitlines()
CASES = list(zip(scripts(), RESULTS, strict=True))


def same(found, expected) -> bool:
    if isinstance(expected, list):
        alike = isinstance(found, list) and len(found) == len(expected)
        return alike and all(map(same, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, rel=2e-4, abs=2e-4, nan_ok=True)
    return found == expected


@pytest.mark.parametrize(("script", "result"), CASES)
def test_it_gives_what_the_original_gave(script, result):
    found, expected = json.loads(json.dumps(outcome(script))), json.loads(result)
    if "error" in expected:
        assert expected["error"][0] in found.get("error", []), found
    else:
        assert same(found.get("value"), expected["value"]), (script, found, expected)
