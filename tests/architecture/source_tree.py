"""What the architecture tests read: the packages, their modules, and who imports whom."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))


def project_table(folder: Path) -> dict:
    """Return the ``[project]`` table of a package's pyproject.toml."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def modules(package: Path) -> dict[str, Path]:
    """Return the files of a package by dotted module name, ``cntk.graph.function``."""
    found = {}
    for path in sorted((package / "src").rglob("*.py")):
        parts = path.relative_to(package / "src").with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


ALL_MODULES = {name: path for package in PACKAGES for name, path in modules(package).items()}


def imports(name: str, path: Path) -> Iterator[tuple[str, int]]:
    """Yield (imported module, line) for each import, at any depth, that runs.

    Imports inside functions count: an import that is late still is a dependency.
    Those under ``if TYPE_CHECKING`` do not: they never run.
    """
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in _running_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [base])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole if whole in ALL_MODULES else base), node.lineno


def _running_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a syntax tree, leaving out what stands under ``if TYPE_CHECKING``."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            pending.extend(node.orelse)
        else:
            pending.extend(ast.iter_child_nodes(node))
