"""Build hook: compiles the kernels, or says why the package goes without them."""

from __future__ import annotations

import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileKernels(BuildHookInterface):
    """Puts the extension module beside the Python files; wheels become those of this platform."""

    def initialize(self, version: str, build_data: dict) -> None:
        sys.path.insert(0, self.root)
        try:
            from compile import compile_kernels

            compile_kernels(Path(self.root) / "src")
        except Exception as error:  # no compiler, no headers: NumPy computes
            self.app.display_warning(f"cntk-cpu: the kernels were not compiled: {error}")
            return
        finally:
            sys.path.remove(self.root)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
