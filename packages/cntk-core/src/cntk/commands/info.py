"""``python -m cntk info``: what a bug report should say."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping
from importlib import metadata

import numpy as np

import cntk
import cntk.plugins as plugins
from cntk.device import all_devices


def report() -> str:
    """Return versions, plugins with owners, devices, libraries, kernels, reports, as lines."""
    sections = [
        ("versions", _versions()),
        ("plugins", _plugins()),
        ("devices", [str(device) for device in all_devices()]),
        ("libraries", _libraries()),
        ("kernels", _kernels()),
        ("reports", _reports() or ["none"]),
    ]
    return "\n".join(
        f"{title}\n" + "\n".join(f"  {line}" for line in lines) for title, lines in sections
    )


def _versions() -> list[str]:
    lines = [f"interface of CNTK {cntk.__version__}"]
    for distribution in sorted(_distributions()):
        lines.append(f"{distribution} {metadata.version(distribution)}")
    lines.append(f"Python {platform.python_version()} on {platform.platform()}")
    return lines


def _distributions() -> set[str]:
    """Return the installed distributions of the toolkit."""
    return {
        name
        for distribution in metadata.distributions()
        if (name := distribution.metadata["Name"] or "").startswith("cntk-")
    }


def _plugins() -> list[str]:
    names: dict[str, Mapping[str, tuple[object, str]]] = {
        "operators": plugins.operators(),
        "learners": plugins.learners(),
        "deserializers": plugins.deserializers(),
    }
    kernels = Counter(owner for _, owner in plugins.kernels())
    lines = []
    for owner in sorted(plugins.owners()):
        counts = [
            f"{n} {word}"
            for word, offered in names.items()
            if (n := sum(o == owner for _, o in offered.values()))
        ]
        counts += [f"{kernels[owner]} kernels"] if kernels[owner] else []
        lines.append(f"{owner}: {', '.join(counts) or 'nothing'}")
    return lines


def _reports() -> list[str]:
    return [f"{owner}: {line}" for owner, lines in plugins.reports().items() for line in lines]


def _libraries() -> list[str]:
    config = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    return [
        f"NumPy {np.__version__}",
        f"BLAS {blas.get('name', 'unknown')} {blas.get('version', '')}".rstrip(),
    ]


def _kernels() -> list[str]:
    counts = Counter(kernel.backend for kernel, _ in plugins.kernels())
    references = sum("reference" in op.rules for op, _ in plugins.operators().values())
    lines = [f"{backend}: {count}" for backend, count in sorted(counts.items())]
    return [*lines, f"NumPy references: {references}"]
