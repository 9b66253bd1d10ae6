"""Small scripts on dynamic axes, and pictures of what they give.

Run with the original (Python 3.6), it prints what that gives: ``../data/axes/results.jsonl``. Tests
compare with that.
"""

import ast
import json
import warnings
from pathlib import Path

import numpy as np
import scipy.sparse

import cntk as C

FILE = Path(__file__).resolve().parents[1] / "data" / "axes" / "scripts.txt"


def scripts():
    """Return the scripts: paragraphs whose last line is an expression."""
    return FILE.read_text(encoding="utf-8").strip("\n").split("\n\n")


def samples(shape, name="", **options):
    return C.input_variable(shape, name=name, **options)


def sequences(shape, name="", **options):
    return C.sequence.input_variable(shape, name=name, **options)


def numbers(*shape):
    return np.arange(1, 1 + int(np.prod(shape)), dtype=np.float32).reshape(shape)


def ragged(lengths, *shape):
    return [10 * i + 1 + numbers(n, *shape) for i, n in enumerate(lengths)]


def csr(rows):
    return scipy.sparse.csr_matrix(np.asarray(rows, dtype=np.float32))


NAMES = {"C": C, "np": np, "f32": np.float32, "sp": scipy.sparse, "I": samples, "S": sequences,
         "R": numbers, "rag": ragged, "csr": csr}  # fmt: skip


def outcome(script):
    """Return the picture of a script's last line, or the names of the exception's classes."""
    tree = ast.parse(script)
    last = tree.body.pop()
    names = dict(NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(tree, "script", "exec"), names)
            return {"value": picture(eval(compile(ast.Expression(last.value), "", "eval"), names))}
        except Exception as error:
            return {"error": [kind.__name__ for kind in type(error).__mro__]}


def picture(result):
    """Return a result as lists, with the kinds of containers and the types of arrays."""
    if isinstance(result, (np.ndarray, np.generic)):
        return ["array", str(result.dtype), list(result.shape), numbers_of(result)]
    if scipy.sparse.issparse(result):
        return [result.format, str(result.dtype), list(result.shape), numbers_of(result.toarray())]
    if isinstance(result, dict):
        return ["dict", sorted([key.name, picture(value)] for key, value in result.items())]
    if isinstance(result, (list, tuple)):
        return [type(result).__name__, [picture(part) for part in result]]
    if isinstance(result, (bool, int, float, str, type(None))):
        return result
    return ["Value", list(result.shape), bool(result.is_sparse), np.dtype(result.dtype).name]


def numbers_of(array):
    return [float(f"{number:.6g}") for number in np.asarray(array, np.float64).ravel()]


if __name__ == "__main__":
    for each in scripts():
        print(json.dumps(outcome(each)))
