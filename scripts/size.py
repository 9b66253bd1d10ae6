"""Print lines of Python per package, the longest files and the fullest folders: ``hatch run size``.

The signed numbers are the change that the working tree makes to the last commit.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
CROWDED = 15  # files in a folder, from here on it should be grouped


def git(*arguments: str) -> list[str]:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def group(path: str) -> str:
    """Return the row a file counts in: ``cntk-core src``, ``cntk-core tests``, ``scripts``."""
    first, *rest = PurePosixPath(path).parts
    return " ".join(rest[:2]) if first == "packages" else first


def main() -> None:
    tracked = git("ls-files", "*.py")
    new = git("ls-files", "--others", "--exclude-standard", "*.py")
    lines = Counter()
    for path in tracked + new:
        if (ROOT / path).exists():
            lines[path] = len((ROOT / path).read_text(encoding="utf-8").splitlines())

    change = Counter({path: lines[path] for path in new})
    for row in git("diff", "--numstat", "--no-renames", "HEAD", "--", "*.py"):
        added, removed, path = row.split("\t")
        change[path] += int(added) - int(removed)

    totals, changes = Counter(), Counter()
    for path, count in lines.items():
        totals[group(path)] += count
    for path, count in change.items():
        changes[group(path)] += count
    for name, total in sorted(totals.items()):
        print(f"{total:7}{changes[name]:+7}  {name}")

    print("\nlongest files")
    for path, count in lines.most_common(10):
        print(f"{count:7}{change[path]:+7}  {path}")
    for folder, entries in Counter(str(PurePosixPath(path).parent) for path in lines).most_common():
        if entries > CROWDED:
            print(f"{folder} has {entries} files: time to group them?")


if __name__ == "__main__":
    main()
