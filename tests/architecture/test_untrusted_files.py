"""Loading a file cannot run code, because nothing that runs code is in the packages."""

from __future__ import annotations

import ast

from .source_tree import ALL_MODULES, imports

RUNS_WHAT_IT_READS = {"dill", "joblib", "marshal", "pickle", "shelve"}
RUNS_WHAT_IS_TYPED = {"cntk.debugging.session"}  # a debugger, as pdb is


def test_no_module_imports_a_format_that_runs_code():
    found = [
        f"{name}:{line} imports {target}"
        for name, path in ALL_MODULES.items()
        for target, line in imports(name, path)
        if target.partition(".")[0] in RUNS_WHAT_IT_READS
    ]
    assert not found


def test_no_module_calls_the_interpreter():
    """``np.load`` is safe unless pickles are allowed; ``re.compile`` is not the built-in."""
    found = []
    for name, path in ALL_MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = ast.unparse(node.func)
            allows_pickle = any(
                k.arg == "allow_pickle" and ast.unparse(k.value) != "False" for k in node.keywords
            )
            calls = function in {"eval", "exec", "compile", "__import__"}
            if (calls and name not in RUNS_WHAT_IS_TYPED) or allows_pickle:
                found.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    assert not found
