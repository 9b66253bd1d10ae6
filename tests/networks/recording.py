"""Trains the networks of this folder, saves, loads and evaluates them; CNTK 2.7 runs it too.

``python recording.py train FOLDER [NAME ...]`` leaves the models in a folder, and the numbers in
its ``train.jsonl``; ``python recording.py load FOLDER [NAME ...]`` writes to ``load.jsonl`` what
the models there compute. Each network is a module with

- ``create()``: returns the models by name, a function that trains some steps and gives loss and
  metric of each, and data by the names of the models' inputs.
- ``FEATURES``: name of the part that is frozen under a new layer; None: no such transfer.
- ``IN_DOUBLE``: ``create(np.float64)`` works too.
"""

import importlib
import json
import os
import sys

import numpy as np

import cntk as C

STEPS = 8
NAMES = (
    "vgg16 resnet20 resnet50 googlenet unet seq2seq bidirectional_lstm dssm gan style_transfer"
    " super_resolution"
).split()


def number(variable):
    """Return the number in a uid, which grows with each variable that is made."""
    return int("".join(filter(str.isdigit, variable.uid)))


def fill(functions):
    """Set parameters: weights by how many numbers they add up, the others near what they are."""
    random = np.random.RandomState(3)
    for parameter in sorted({p for f in functions for p in f.parameters}, key=number):
        shape = parameter.shape
        noise = random.uniform(-1, 1, shape)
        if len(shape) > 1:
            is_window = len(shape) == 4 and shape[2] == shape[3]
            inputs = np.prod(shape) / shape[0 if is_window else -1]
            value = noise * np.sqrt(6 / inputs)
        else:
            value = parameter.value + 0.1 * noise
        parameter.value = np.asarray(value, parameter.dtype)


def picture(result):
    """Return the shape of an array, some of its numbers, and sums of all."""
    if isinstance(result, list):
        return [picture(one) for one in result]
    array = np.asarray(result, np.float64)
    flat = array.ravel()
    some = flat[:: max(1, flat.size // 20)][:20]
    return {
        "shape": list(array.shape),
        "some": [float(f"{v:.8g}") for v in some],
        "sums": [float(f"{v:.9g}") for v in (flat.sum(), np.sqrt((flat**2).sum()))],
    }


def evaluated(function, data):
    """Return pictures of all outputs of a Function, for data by the names of its arguments."""
    found = function.eval({v: data[v.name] for v in function.arguments})
    results = [found] if len(function.outputs) == 1 else [found[o] for o in function.outputs]
    return [picture(result) for result in results]


def described(function):
    """Return names and shapes of what a Function depends on, and its outputs."""
    return {
        "parameters": [[p.name, list(p.shape)] for p in function.parameters],
        "numbers": int(sum(np.prod(p.shape) for p in function.parameters)),
        "constants": sorted([c.name, list(c.shape)] for c in function.constants),
        "arguments": [[a.name, list(a.shape)] for a in function.arguments],
        "outputs": [list(o.shape) for o in function.outputs],
    }


def transferred(function, name, data):
    """Train a layer on top of a part of a network that is frozen; return the losses."""
    source = function.arguments[0]
    part = C.combine([function.find_by_name(name)])
    frozen = part.clone(C.CloneMethod.freeze, {source: C.placeholder(name="features")})
    again = C.input_variable(source.shape, is_sparse=source.is_sparse,
                             dynamic_axes=source.dynamic_axes, name=source.name)  # fmt: skip
    top = C.layers.Dense(2, activation=C.tanh, name="top")(frozen(again))
    fill([top])
    loss = C.reduce_sum(C.square(top - 0.5))
    learner = C.sgd(top.parameters, C.learning_parameter_schedule(0.1))
    trainer = C.Trainer(top, (loss, None), [learner])
    losses = []
    for _ in range(3):
        trainer.train_minibatch({again: data[source.name]})
        losses.append(trainer.previous_minibatch_loss_average)
    return losses


def run(program, folder):
    """Train a network; return all there is to compare, and leave its models in the folder."""
    models, train, data = program.create()
    fill(models.values())
    result = {"models": {name: described(model) for name, model in models.items()}}
    result["before"] = {name: evaluated(model, data) for name, model in models.items()}
    result["losses"] = [list(map(float, pair)) for pair in train(STEPS)]
    result["after"] = {name: evaluated(model, data) for name, model in models.items()}
    for name, model in models.items():
        model.save(os.path.join(folder, name + ".model"))
    result["loaded"] = load(models, data, folder)
    if program.FEATURES:
        model = models[min(models)]
        result["transferred"] = transferred(model, program.FEATURES, data)
    if program.IN_DOUBLE:
        models, train, data = program.create(np.float64)
        fill(models.values())
        losses = [list(map(float, pair)) for pair in train(STEPS)]
        after = {name: evaluated(model, data) for name, model in models.items()}
        result["double"] = {"losses": losses, "after": after}
    return result


def load(names, data, folder):
    """Return what models in a folder compute."""
    found = {}
    for name in names:
        model = C.load_model(os.path.join(folder, name + ".model"))
        found[name] = evaluated(model, data)
    return found


def main(action, folder, names):
    """Append the results to a file in the folder, a line for each network."""
    for name in names or NAMES:
        program = importlib.import_module(name)
        if action == "train":
            result = run(program, folder)
        else:
            models, _, data = program.create()
            result = load(models, data, folder)
        with open(os.path.join(folder, action + ".jsonl"), "a") as file:
            file.write(json.dumps([name, result], sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
