"""Records what progress writers of CNTK 2.7 are told and print. Runs there, under its Python 3.6.

    python record_lines.py progress_lines.json

The file has `scenarios`: what a trainer does, as calls of a writer's driving side; `printed`: for
settings of ProgressPrinter the lines on the screen and in the file; `told`: for frequencies of a
ProgressWriter the calls that it gets. Times and speeds in lines are replaced by 0.
"""

import contextlib
import io
import json
import os
import re
import sys
import tempfile

import numpy as np

NEVER = 2**64 - 1
SCENARIOS = {
    "with metric": dict(has_metric=True, epochs=(7, 3, 0), tests=(5, 1, 0)),
    "without metric": dict(has_metric=False, epochs=(7, 3, 0), tests=()),
    "long": dict(has_metric=True, epochs=(70,), tests=(33,)),
}
PRINTERS = [
    {},
    {"freq": 0},
    {"freq": 0, "first": 2},
    {"freq": 1},
    {"freq": 2},
    {"freq": 3, "first": 2},
    {"first": 2},
    {"freq": 50},
    {"freq": 2, "tag": "Training", "num_epochs": 3},
    {"freq": 2, "tag": "Training"},
    {"num_epochs": 0},
    {"freq": 3, "test_freq": 2},
    {"freq": 3, "test_freq": 2, "test_first": 1},
    {"freq": 0, "test_freq": 0},
    {"freq": 2, "test_freq": 0},
    {"freq": 0, "test_freq": 2},
    {"freq": 2, "metric_is_pct": False, "test_freq": 1},
    {"freq": 0, "metric_is_pct": False, "test_freq": 0},
    {"freq": 2, "rank": 1},
    {"freq": 2, "gen_heartbeat": True},
    {"freq": 2, "log_to_file": "log_"},
    {"freq": 0, "log_to_file": "log_", "rank": 1},
    {"freq": 2, "log_to_file": "log_", "num_epochs": 5, "tag": "T", "gen_heartbeat": True},
]
FREQUENCIES = [
    [2, 0, 0, 0, NEVER, 0],
    [0, 0, 3, 0, NEVER, 0],
    [3, 2, 2, 1, NEVER, 0],
    [1, 3, 5, 2, NEVER, 0],
    [NEVER, 2, NEVER, 1, NEVER, 0],
    [NEVER, 0, NEVER, 0, NEVER, 0],
]


def drive(scenario, writers):
    """Train and test a small model with these writers."""
    import cntk as C

    x, y = C.input_variable(2), C.input_variable(2)
    w = C.parameter((2, 2), init=0.0)
    z = C.times(x, w)
    loss = C.cross_entropy_with_softmax(z, y)
    metric = C.classification_error(z, y) if scenario["has_metric"] else None
    rate = C.learning_parameter_schedule([0.1, 0.2], 4, 12)
    learner = C.momentum_sgd([w], rate, C.momentum_schedule([0.9, 0.8], 30))
    trainer = C.Trainer(z, (loss, metric), [learner], writers)
    points = np.array([[1, 2], [3, 1], [0, 1], [1, 0], [2, 2]], "f")
    labels = np.eye(2, dtype="f")[[0, 1, 0, 1, 1]]
    count = 0

    def minibatch():
        size = 3 + count % 3
        return {x: points[:size], y: labels[:size]}

    for number in scenario["epochs"]:
        for _ in range(number):
            trainer.train_minibatch(minibatch())
            count += 1
        trainer.summarize_training_progress()
    for number in scenario["tests"]:
        for _ in range(number):
            trainer.test_minibatch(minibatch())
            count += 1
        trainer.summarize_test_progress()


def recorder(frequencies):
    """Return a writer that keeps its calls, and the list that it keeps them in."""
    import cntk as C

    calls = []

    class Recorder(C.cntk_py.ProgressWriter):
        def on_write_training_update(self, *arguments):
            calls.append(["on_write_training_update"] + list(arguments))

        def on_write_test_update(self, *arguments):
            calls.append(["on_write_test_update"] + list(arguments))

        def on_write_training_summary(self, *arguments):
            calls.append(["on_write_training_summary"] + list(arguments[:-1]))

        def on_write_test_summary(self, *arguments):
            calls.append(["on_write_test_summary"] + list(arguments[:-1]))

        def on_training_update_end(self):
            calls.append(["on_training_update_end"])

        def write(self, key, value):
            calls.append(["write", key, value])

    return Recorder(*frequencies), calls


def driving_calls(told):
    """Turn what a writer with a line for each minibatch is told into calls of its driving side."""
    for name, *arguments in told:
        if name == "on_write_training_update":
            samples, _, loss, metric = arguments
            yield ["update_training", samples[1] - samples[0], loss[1], metric[1]]
        elif name == "on_write_test_update":
            samples, _, metric = arguments
            yield ["update_test", samples[1] - samples[0], metric[1]]
        elif name == "on_write_training_summary":
            yield ["write_training_summary", arguments[3], arguments[4]]
        elif name == "on_write_test_summary":
            yield ["write_test_summary", arguments[3]]
        elif name == "write":
            yield [name] + arguments


def lines(text):
    """Return the lines, without times."""
    text = re.sub(r"\d+\.\d{3}s \( *[\d.]+ samples/s\)", "0.000s (  0.0 samples/s)", text)
    return text.split("\n")[:-1]


def printed(settings, scenario):
    """Return the lines that a ProgressPrinter writes to the screen and to its file."""
    import cntk as C

    screen = io.StringIO()
    with contextlib.redirect_stdout(screen):
        printer = C.logging.ProgressPrinter(**settings)
        drive(scenario, [printer])
        printer.end_progress_print("bye")
    file = None
    if printer.logfilename:
        with open(printer.logfilename) as log:
            file = lines(log.read())
    return {"settings": settings, "screen": lines(screen.getvalue()), "file": file}


def main(path):
    result = {"scenarios": {}, "printed": [], "told": []}
    for name, scenario in SCENARIOS.items():
        writer, calls = recorder([1, 0, 1, 0, NEVER, 0])
        drive(scenario, [writer])
        result["scenarios"][name] = list(driving_calls(calls))
        for settings in PRINTERS:
            result["printed"].append(dict(printed(settings, scenario), scenario=name))
        for frequencies in FREQUENCIES:
            writer, calls = recorder(frequencies)
            drive(scenario, [writer])
            result["told"].append(
                {"scenario": name, "frequencies": frequencies, "calls": list(calls)}
            )
    with open(path, "w") as file:
        file.write(one_line_each(result))


def one_line_each(result):
    """Return JSON with one line for each recorded run."""
    parts = [
        json.dumps(name)
        + ": [\n"
        + ",\n".join(json.dumps(run, sort_keys=True) for run in result[name])
        + "\n]"
        for name in ("printed", "told")
    ]
    scenarios = ",\n".join(
        json.dumps(name) + ": " + json.dumps(calls) for name, calls in result["scenarios"].items()
    )
    return '{"scenarios": {\n' + scenarios + "\n},\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    destination = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the printers' files go there
        main(destination)
