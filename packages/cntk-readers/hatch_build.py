"""Build hook: compiles the reader of text in C, or says why the package goes without it."""

from __future__ import annotations

import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

MADE = "src/cntk/io/_native*.so"


class CompileReader(BuildHookInterface):
    """Puts the extension module beside the Python files; wheels become those of this platform."""

    def initialize(self, version: str, build_data: dict) -> None:
        if self.target_name != "wheel":
            return
        sys.path.insert(0, self.root)
        try:
            from compile import compile_reader

            made = compile_reader(Path(self.root) / "src")
        except Exception as error:  # no compiler, no headers: NumPy reads
            what = "cntk-readers: the reader of text in C was not compiled"
            self.app.display_warning(f"{what}: {error}")
            for old in Path(self.root).glob(MADE):  # it would not fit these sources
                old.unlink()
            return
        finally:
            sys.path.remove(self.root)
        build_data["artifacts"].append(MADE)
        build_data["pure_python"] = False
        if version == "editable":
            return
        if ".abi3." in made.name:
            build_data["tag"] = f"cp311-abi3-{_platform()}"
        else:  # e.g. Python without its lock has no stable interface
            build_data["infer_tag"] = True


def _platform() -> str:
    """Return the tag of this machine; manylinux and musllinux are what no build here promises."""
    names = (tag.platform for tag in sys_tags())
    return next(n for n in names if not n.startswith(("manylinux", "musllinux")))
