"""The guide to the sources shows every part of core, in the groups that the import test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_part_of_core_is_in_the_guide():
    core = ROOT / "packages" / "cntk-core" / "src" / "cntk"
    parts = {path.name for path in core.glob("*.py")}
    parts |= {f"{path.parent.name}/" for path in core.glob("*/__init__.py")}
    named = set(re.findall(r"`([\w.]+/?)`", (ROOT / "docs/guides/layout.md").read_text("utf-8")))
    assert parts <= named, sorted(parts - named)
