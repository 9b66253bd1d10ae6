"""Print the graphs that CNTK 2.7 builds: run with the original (Python 3.6), not with this project.

    python print_structure.py GOLDEN EXPRESSIONS > structure.json

GOLDEN is the folder with ops/ops.json and layers/layers.json; EXPRESSIONS lists more expressions.
The format of the output is described in README.md beside this file.
"""

import json
import os
import re
import signal
import struct
import sys
import tempfile

import cntk as C
import numpy as np

MAX_PRINTED_VALUES = 16
SECONDS_PER_CASE = 60
# value types of a model file's dictionary, by number
TYPES = ("none", "bool", "int", "size", "float", "double", "string", "shape", "axis", "vector", "dictionary", "array")
SPECIAL_AXES = {2**31 - 2: "AllStaticAxes", 2**31 - 3: "UnknownAxes", 2**31 - 5: "AllAxes"}
SHORT_AXES = {"defaultBatchAxis": "#", "defaultDynamicAxis": "*"}


def wire_fields(data):
    """Yield (field number, value) of one protobuf message."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(data):
        number, wire = divmod(varint(), 8)
        if wire == 0:
            yield number, varint()
        else:
            size = {1: 8, 5: 4}.get(wire)
            if size is None:
                size = varint()
            yield number, data[position : position + size]
            position += size


def packed_varints(data):
    # a fake tag before every number makes them fields, which wire_fields can read
    numbers, start = [], 0
    for end, byte in enumerate(data):
        if byte < 128:
            numbers.extend(value for _, value in wire_fields(b"\x08" + data[start : end + 1]))
            start = end + 1
    return [number - 2**64 if number >= 2**63 else number for number in numbers]


def stored_dictionary(data):
    """Return {key: (type, raw value)} of a stored dictionary."""
    entries = (dict(wire_fields(value)) for number, value in wire_fields(data) if number == 2)
    return {entry[1].decode(): stored_value(entry[2]) for entry in entries}


def stored_value(data):
    fields = dict(wire_fields(data))
    kind = TYPES[fields.get(2, 0)]
    if kind == "vector":
        return kind, [stored_value(value) for number, value in wire_fields(fields.get(11, b""))]
    if kind == "dictionary":
        return kind, stored_dictionary(fields[12])
    if kind == "shape":
        return kind, packed_varints(dict(wire_fields(fields[9])).get(1, b""))
    if kind == "axis":
        axis = dict(wire_fields(fields[10]))
        index = axis.get(1, 0)
        index -= 2**64 if index >= 2**63 else 0
        return kind, [index, axis.get(2, b"").decode(), bool(axis.get(3, 0))]
    if kind == "float":
        return kind, struct.unpack("<f", fields.get(6, bytes(4)))[0]
    if kind == "double":
        return kind, struct.unpack("<d", fields.get(7, bytes(8)))[0]
    if kind == "string":
        return kind, fields.get(8, b"").decode()
    if kind == "bool":
        return kind, bool(fields.get(3, 0))
    return kind, fields.get({"int": 4, "size": 5}.get(kind, 0), 0)


def stored_attributes(function):
    """Return {uid of a primitive: {attribute: (type, value)}} as the saved model has it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model")
        function.save(path)
        with open(path, "rb") as file:
            model = stored_dictionary(file.read())
    functions = (entry for _, entry in model["primitive_functions"][1])
    return {entry["uid"][1]: entry["attributes"][1] for entry in functions}


def type_code(value):
    kind, content = value
    if kind == "vector":
        return "vector<%s>" % "|".join(sorted({type_code(item) for item in content}))
    return kind


def crashes_python(value):
    """Some axes abort the process of CNTK 2.7 when Python asks for the attribute."""
    kind, content = value
    if kind == "vector":
        return any(crashes_python(item) for item in content)
    return kind == "axis" and content[0] in SPECIAL_AXES


def from_file(value):
    kind, content = value
    if kind == "vector":
        return [from_file(item) for item in content]
    return SPECIAL_AXES.get(content[0], content) if kind == "axis" else content


class Printer:
    """Numbers the nodes and leaves that a Function reaches, operands first, and describes them."""

    def __init__(self, first_uid, stored):
        self.first_uid, self.stored = first_uid, stored
        self.leaves, self.nodes = [], []
        self.leaf_numbers, self.node_numbers, self.entered = {}, {}, set()

    def visit(self, variable):
        if not variable.is_output:
            if variable.uid not in self.leaf_numbers:
                self.leaf_numbers[variable.uid] = len(self.leaves)
                self.leaves.append(self.leaf(variable))
        elif variable.owner.uid not in self.entered:
            self.visit_function(variable.owner)

    def visit_function(self, function):
        self.entered.add(function.uid)
        for operand in function.inputs:
            self.visit(operand)
        if function.is_block:
            for inner, outer in function.block_arguments_mapping:
                self.visit(inner)
                self.visit(outer)
            for output in function.block_root.outputs:
                self.visit(output)
        self.node_numbers[function.uid] = len(self.nodes)
        self.nodes.append(function)

    def reference(self, variable):
        if not variable.is_output:
            return "l%d" % self.leaf_numbers[variable.uid]
        owner, index = variable.owner, re.search(r"_Output_(\d+)$", variable.uid)
        suffix = ".%s" % index.group(1) if len(owner.outputs) > 1 else ""
        return "n%d%s" % (self.node_numbers[owner.uid], suffix)

    def references(self, variables):
        return [self.reference(variable) for variable in variables]

    def uid(self, thing):
        text = re.sub(r"_Output_\d+$", "", thing.uid)
        return int(re.search(r"(\d+)$", text).group(1)) - self.first_uid

    def tensor(self, variable):
        axes = [SHORT_AXES.get(axis.name, axis.name) for axis in variable.dynamic_axes]
        entry = {"shape": list(variable.shape), "axes": axes}
        try:
            dtype = np.dtype(variable.dtype).name
        except Exception:  # the original has no dtype for placeholders
            dtype = None
        if dtype != "float32":
            entry["dtype"] = dtype
        if variable.is_sparse:
            entry["sparse"] = True
        if variable.needs_gradient:
            entry["needs_gradient"] = True
        return entry

    def leaf(self, variable):
        kind = next(
            kind
            for kind in ("input", "parameter", "constant", "placeholder")
            if getattr(variable, "is_" + kind)
        )
        entry = {"kind": kind, "name": variable.name, "uid": self.uid(variable)}
        entry = {key: value for key, value in entry.items() if value != ""}
        entry.update(self.tensor(variable))
        size = np.prod(variable.shape, dtype=int)
        if kind == "constant" and 0 <= size <= MAX_PRINTED_VALUES:
            entry["value"] = np.asarray(variable.as_constant().value).tolist()
        return entry

    def attributes(self, function):
        stored = self.stored.get(function.uid)
        if stored is None:
            return {key: [None, value] for key, value in function.attributes.items()}
        if any(crashes_python(value) for value in stored.values()):
            return {key: [type_code(value), from_file(value)] for key, value in stored.items()}
        printed = function.attributes
        return {key: [type_code(value), printed.get(key)] for key, value in stored.items()}

    def node(self, function):
        entry = {
            "op": function.op_name,
            "name": function.name,
            "uid": self.uid(function),
            "attributes": self.attributes(function),
            "inputs": self.references(function.inputs),
            "outputs": [self.tensor(output) for output in function.outputs],
        }
        entry = {key: value for key, value in entry.items() if value not in ("", {})}
        if function.is_block:
            entry["block"] = {
                "arguments": [self.references(pair) for pair in function.block_arguments_mapping],
                "outputs": self.references(function.block_root.outputs),
            }
        return entry

    def function(self, function):
        self.visit_function(function.root_function)
        return {
            "str": str(function),
            "repr": repr(function),
            "leaves": self.leaves,
            "nodes": [self.node(node) for node in self.nodes],
            "composite": {
                kind: self.references(getattr(function, kind))
                for kind in ("inputs", "arguments", "parameters", "constants", "placeholders", "outputs")
            },
        }


def make_input(description, dtype):
    shape, axes, name = tuple(description["shape"]), description["dynamic_axes"], description["name"]
    options = {"dtype": dtype, "name": name}
    if axes in ("parameter", "constant"):
        value = np.linspace(-0.4, 0.6, int(np.prod(shape))).reshape(shape).astype(dtype)
        return getattr(C, axes)(value=value) if axes == "constant" else C.parameter(init=value)
    options.update(is_sparse=description["sparse"])
    if axes == "none":
        return C.input_variable(shape, dynamic_axes=[], **options)
    if axes.startswith("batch+sequence"):
        other = re.search(r"'(.*)'", axes)
        if other:
            options["sequence_axis"] = C.Axis(other.group(1))
        return C.sequence.input_variable(shape, needs_gradient=True, **options)
    return C.input_variable(shape, needs_gradient=True, **options)


def describe(case):
    dtype = np.dtype(case["dtype"]).type
    names = {"C": C, "np": np}
    if case["source"] == "layers":
        exec("from cntk.layers import *", names)
        names["C"] = C
    with C.default_options(dtype=dtype) if dtype != np.float32 else C.default_options():
        for description in case["inputs"]:
            names[description["name"]] = make_input(description, dtype)
        first_uid = int(re.search(r"\d+$", C.input_variable(1).uid).group()) + 1
        try:
            result = eval(case["expr"], names)
        except Exception as error:
            return {"error": "%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0])}
    function = result if isinstance(result, C.Function) else C.combine([result])
    try:
        stored = stored_attributes(function)
    except Exception as error:
        print("not saved:", case["expr"], str(error).split("\n")[0], file=sys.stderr)
        stored = {}
    return Printer(first_uid, stored).function(function)


def in_child(work, case):
    """Run in a forked process: the original ends the process for some inputs."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS_PER_CASE)
        os.dup2(2, 1)
        with os.fdopen(writing, "w") as pipe:
            json.dump(work(case), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return json.loads(text) if status == 0 else {"error": "process ended with status %d" % status}


def golden_cases(folder):
    """Yield one case per expression and kind of operands."""
    seen = set()
    for source, key in (("ops", "op"), ("layers", "layer")):
        with open(os.path.join(folder, source, source + ".json")) as file:
            cases = json.load(file)["cases"]
        for case in cases:
            kinds = tuple((i["dynamic_axes"], i["sparse"], len(i["shape"])) for i in case["inputs"])
            if source == "ops":
                kinds = tuple(kind[0] for kind in kinds)
                if case["dtype"] != "float32":
                    continue
            if (case["expr"], kinds, case["dtype"]) not in seen or source == "layers":
                seen.add((case["expr"], kinds, case["dtype"]))
                yield dict(
                    source=source,
                    op=case[key],
                    expr=case["expr"],
                    dtype=case["dtype"],
                    inputs=case["inputs"],
                )


def listed_cases(path):
    """Yield the cases of a text file: `op | input, input | expression`, `#` for comments.

    An input is a kind and a shape: `b3x4` batch, `s4` sequence, `o4` on another sequence axis,
    `p3x4` parameter, `c3` constant, `n3` no axis; a trailing `!` is sparse. They are named x0, x1...
    """
    kinds = dict(b="batch", s="batch+sequence", o="batch+sequence('other')", p="parameter", c="constant", n="none")
    with open(path) as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    for line in lines:
        op, inputs, expression = (part.strip() for part in line.split("|", 2))
        descriptions = [
            {
                "name": "x%d" % number,
                "shape": [int(dim) for dim in text.strip().rstrip("!")[1:].split("x") if dim],
                "dynamic_axes": kinds[text.strip()[0]],
                "sparse": text.strip().endswith("!"),
            }
            for number, text in enumerate(inputs.split(","))
            if text.strip()
        ]
        source = "layers" if op.startswith("layers.") else "ops"
        yield dict(source=source, op=op, expr=expression, dtype="float32", inputs=descriptions)


def main(golden, expressions):
    cases = list(golden_cases(golden)) + list(listed_cases(expressions))
    print("[")
    for number, case in enumerate(cases):
        result = in_child(describe, case)
        entry = {key: case[key] for key in ("op", "expr", "dtype", "inputs")}
        entry.update(result)
        separator = "," if number + 1 < len(cases) else ""
        print(json.dumps(entry, separators=(",", ":")) + separator)
    print("]")


if __name__ == "__main__":
    main(*sys.argv[1:])
