"""Loads the models in a folder and evaluates them; CNTK 2.7 runs this, under Python 3.6.

``python evaluate.py FOLDER`` takes each ``NAME.model`` with the data in ``NAME.npz`` (``x.UID``,
for sequences joined, with ``lengths.UID``; ``sparse.UID`` for sparse inputs). It writes the outputs
to ``NAME.out.npz``, and to ``log.jsonl`` the lines ``[NAME, "begins"]`` and ``[NAME, null]``, or
``[NAME, why it fails]``. Names in the log are left out: it can be started again where one ends it.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

import cntk as C


class Scale(C.ops.functions.UserFunction):
    """The user function of the networks: its input times a factor."""

    def __init__(self, inputs, factor, name=""):
        super().__init__(inputs, name=name)
        self.factor = factor

    def forward(self, argument, device=None, outputs_to_retain=None):
        return None, argument * np.float32(self.factor)

    def infer_outputs(self):
        x = self.inputs[0]
        return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]


def scale(inputs, name, state):
    """Rebuild the user function."""
    return Scale(inputs, state["factor"], name)


def data_of(variable, arrays):
    """Return what is fed for an argument."""
    data = arrays["x." + variable.uid]
    if "lengths." + variable.uid in arrays:
        ends = np.cumsum(arrays["lengths." + variable.uid])
        data = np.split(data, ends[:-1])
    if "sparse." + variable.uid in arrays:
        return [csr_matrix(d) for d in data] if isinstance(data, list) else csr_matrix(data)
    return data


def dense(result):
    """Return a result as one array; frames of sequences joined."""
    if isinstance(result, list):
        return np.concatenate([dense(one) for one in result])
    return np.asarray(result.todense()) if hasattr(result, "todense") else np.asarray(result)


def evaluate(path):
    """Load and evaluate one model; return why it fails, or None."""
    with np.load(str(path.with_suffix(".npz"))) as file:
        arrays = dict(file.items())
    try:
        function = C.Function.load(str(path))
    except Exception as error:
        return "does not load: " + str(error).partition("\n")[0]
    try:
        found = function.eval({v: data_of(v, arrays) for v in function.arguments})
    except Exception as error:
        return "does not run: " + str(error).partition("\n")[0]
    results = [found] if len(function.outputs) == 1 else [found[o] for o in function.outputs]
    outputs = {"y%d" % i: dense(result) for i, result in enumerate(results)}  # noqa: UP031
    np.savez(str(path.with_suffix(".out.npz")), **outputs)
    return None


def main(folder):
    """Evaluate what is not in the log yet."""
    C.Function.register_udf_deserialize_callback("networks.Scale", scale)
    log = folder / "log.jsonl"
    seen = {json.loads(line)[0] for line in log.read_text().splitlines()} if log.exists() else ()
    with log.open("a") as lines:
        for path in sorted(folder.glob("*.model")):
            if path.stem not in seen:
                lines.write(json.dumps([path.stem, "begins"]) + "\n")
                lines.flush()
                lines.write(json.dumps([path.stem, evaluate(path)]) + "\n")
                lines.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
