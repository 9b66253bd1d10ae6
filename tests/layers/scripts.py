"""Small scripts on layers and Functions, and pictures of what they give.

Run with the original (Python 3.6), it prints what that gives: ``../data/layers/results.jsonl``.
Tests compare with that.
"""

import ast
import json
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np

import cntk as C
from cntk.layers import typing
from cntk.ops.functions import Function

FILE = Path(__file__).resolve().parents[1] / "data" / "layers" / "scripts.txt"
UID = re.compile(r"([A-Za-z])\d+(?=_Output|')")


def scripts():
    """Return the scripts: paragraphs whose last line is an expression."""
    return FILE.read_text(encoding="utf-8").strip("\n").split("\n\n")


def samples(shape, name="", **options):
    return C.input_variable(shape, name=name, **options)


def sequences(shape, name="", **options):
    return C.sequence.input_variable(shape, name=name, **options)


def numbers(*shape):
    """Return small numbers of both signs, of which no two neighbours are equal."""
    steps = np.arange(1, 1 + int(np.prod(shape)))
    return ((steps * 7 % 11 - 5) / 4).astype(np.float32).reshape(shape)


def ragged(lengths, *shape):
    return [numbers(n, *shape) + i for i, n in enumerate(lengths)]


def fixed(function):
    """Give parameters and running statistics numbers that do not depend on a generator."""
    for i, p in enumerate(function.parameters):
        p.value = np.asarray(numbers(*p.shape) / 2 + i % 3 / 8, p.dtype)
    for c in function.constants:
        if c.name.startswith("aggregate"):
            c.value = np.asarray(abs(numbers(*c.shape)) + 1, c.dtype)
    return function


def show(function, *data):
    """Return the printed form, the parts, and the value for data in the order of the arguments."""
    return [described(function), value(function, *data)]


def value(function, *data):
    """Return what a Function gives for data, with fixed parameters."""
    result = fixed(function).eval(dict(zip(function.arguments, data)))
    if isinstance(result, dict):
        return [result[output] for output in function.outputs]
    return result


def trained(criterion, learner, data, steps=3):
    """Return the mean loss, and metric if there is one, of some steps on the same data."""
    trainer = C.Trainer(None, criterion, [learner])
    has_metric = not isinstance(criterion, tuple) or criterion[1] is not None
    found = []
    for _ in range(steps):
        trainer.train_minibatch(data)
        found.append([trainer.previous_minibatch_loss_average])
        if has_metric:
            found[-1].append(trainer.previous_minibatch_evaluation_average)
    return found


def reloaded(function):
    """Return a Function that has been to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "a.model")
        function.save(path)
        return C.load_model(path)


def words(size, *sequences):
    """Return sequences of one-hot rows."""
    return [np.eye(size, dtype=np.float32)[sequence] for sequence in sequences]


def described(function):
    """Return the printed form of a Function, its operands and its parts."""
    return [
        without_numbers(str(function)),
        without_numbers(repr(function)),
        leaves(function),
        tree(function),
    ]


def leaves(function):
    """Return kind, name, shape and axes of all leaves in order, and those of the outputs."""
    return list(map(leaf, tuple(function.inputs) + tuple(function.outputs)))


def leaf(variable):
    dtype = variable.dtype or np.float32  # not known yet
    text = without_numbers(repr(variable))
    return text if dtype == np.float32 else f"{text} {np.dtype(dtype).name}"


def tree(function):
    """Return a Function as an expression of operations, blocks with what is inside of them."""
    seen = set()

    def of_variable(variable):
        if variable.is_output:
            return of_function(variable.owner)
        return variable.name or type_of(variable)

    def of_function(node):
        if node.uid in seen:
            return "^"
        seen.add(node.uid)
        name = f"{node.op_name}:{node.name}" if node.name else node.op_name
        if node.is_block:
            pairs = [(pair[0].name, of_variable(pair[1])) for pair in node.block_arguments_mapping]
            inside = ", ".join(map(of_variable, node.block_root.outputs))
            operands = ", ".join(f"{inner}={outer}" for inner, outer in pairs)
            return f"{name}{{{inside}}}({operands})"
        return f"{name}({', '.join(map(of_variable, node.inputs))})"

    return of_function(function.root_function)


def type_of(variable):
    return without_numbers(repr(variable)).split("(")[0]


def without_numbers(text):
    return UID.sub(r"\1", text)


NAMES = {"C": C, "L": C.layers, "np": np, "f32": np.float32, "I": samples, "S": sequences,
         "R": numbers, "rag": ragged, "show": show,
         "fixed": fixed, "trained": trained, "reloaded": reloaded, "words": words,
         "value": value, "described": described, "leaves": leaves, "tree": tree,
         "Function": Function, "Tensor": typing.Tensor,
         "Sequence": typing.Sequence, "SequenceOver": typing.SequenceOver,
         "SparseTensor": typing.SparseTensor, "ParameterTensor": typing.ParameterTensor,
         "Signature": typing.Signature, "tensor": typing.tensor}  # fmt: skip


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
    if hasattr(result, "toarray"):
        return [result.format, str(result.dtype), list(result.shape), numbers_of(result.toarray())]
    if isinstance(result, (list, tuple)):
        return [picture(part) for part in result]
    if isinstance(result, (bool, int, float, str, type(None))):
        return result
    return without_numbers(str(result))


def numbers_of(array):
    """Return the numbers of an array; of a long one the first, and two sums over all."""
    flat = np.asarray(array, np.float64).ravel()
    if flat.size > 24:
        weights = np.arange(1, 1 + flat.size) % 7
        flat = np.append(flat[:8], [flat.sum(), flat @ weights])
    return [float(f"{number:.6g}") for number in flat]


if __name__ == "__main__":
    for each in scripts():
        print(json.dumps(outcome(each)))
