"""The Python in README files runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("packages/*/README.md"))]
# What the readers' example reads: one line, as wide as its streams say.
TRAINING_DATA = "|features " + " ".join(["0"] * 784) + " |labels 3:1\n"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_examples_run(readme, tmp_path):
    (tmp_path / "train.ctf").write_text(TRAINING_DATA)
    examples = re.findall(r"^```python\n(.*?)^```", readme.read_text("utf-8"), re.DOTALL | re.M)
    assert examples
    for example in examples:
        result = subprocess.run(
            [sys.executable, "-W", "error", "-c", example],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert result.returncode == 0, result.stderr


def test_links_lead_somewhere():
    documents = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    documents += [*READMES[1:], *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8"))
        if "://" not in link and not (document.parent / link).exists()
    ]
    assert not broken, "\n".join(broken)


def test_the_paths_that_contributors_copy_exist():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`((?:packages|tests|examples|scripts)/[\w/.-]+)`", table)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert named and not missing, missing
