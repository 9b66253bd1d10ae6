"""Errors say what, where, expected, actual, and a way out; their classes are those of CNTK 2.7."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import cntk as C

BATCH, SEQUENCE = C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()
x = C.input_variable((2, 3), name="x")
v = C.input_variable(3, name="v")
other = C.input_variable(4, name="other")
double = C.input_variable(3, dtype=np.float64, name="double")
sparse = C.input_variable(5, is_sparse=True, name="sparse")
frames = C.input_variable(3, dynamic_axes=[BATCH, SEQUENCE], name="frames")
words = C.input_variable(3, dynamic_axes=[BATCH, C.Axis("words")], name="words")
image = C.input_variable((3, 5, 5), name="image")
hole = C.placeholder(name="hole")
target = C.input_variable(2, name="target")
W = C.parameter((3, 2), name="W")
unused = C.parameter(2, name="unused")
undeduced = C.parameter((-1, 2), name="undeduced")
z = C.times(v, W)
loss = C.squared_error(z, target)
LINES = Path(__file__).read_text("utf-8").splitlines()


@dataclass
class Mistake:
    """What a user does wrong.

    Attributes:
        make: does it.
        kind: built-in class of the error.
        says: parts of the text.
        made_at: what was created wrongly: a name of this file, or "" for ``make`` itself.
        way_out: beginning of the last line; None where the first line says enough.
    """

    make: Callable[[], object]
    kind: type[Exception]
    says: list[str]
    made_at: str | None = ""
    way_out: str | None = None

    @property
    def lines(self) -> set[int]:
        """The lines of this file that "created at" may name."""
        if self.made_at:
            return {
                LINES.index(line) + 1 for line in LINES if line.startswith(f"{self.made_at} = ")
            }
        return {line for _, _, line in self.make.__code__.co_lines()}


def rows(*shape):
    return np.ones(shape, np.float32)


OPERATORS = {
    "plus_of_other_sizes": Mistake(
        lambda: v + other,
        RuntimeError,
        [
            "Binary elementwise operation Plus: Left operand 'Input('v', [#], [3])' shape '[3]'",
            "is not compatible with right operand 'Input('other', [#], [4])' shape '[4]'.",
            "\n  left   Input('v', [#], [3])\n  right  Input('other', [#], [4])\n",
        ],
        way_out="C.reshape; sizes are compared from the last axis on",
    ),
    "times_of_other_sizes": Mistake(
        lambda: C.times(v, np.ones((4, 2), np.float32)),
        ValueError,
        [
            "Times: The 1 leading dimensions of the right operand with shape '[4 x 2]' do not",
            "match the left operand's trailing dimensions with shape '[3]'",
            "\n  left   Input('v', [#], [3])\n  right  Constant('Constant",
            "', [], [4 x 2])\n",
        ],
        way_out="C.reshape, or output_rank/infer_input_rank_to_map",
    ),
    "convolution_of_a_small_image": Mistake(
        lambda: C.convolution(C.parameter((2, 3, 7, 7), name="filters"), image),
        ValueError,
        [
            "Convolution operation requires that kernel dim 7 <= input dim 5.",
            "\n  convolution_map  Parameter('filters', [], [2 x 3 x 7 x 7])\n",
            "\n  operand          Input('image', [#], [3 x 5 x 5])\n",
        ],
        way_out="a smaller window, or larger data",
    ),
    "reshape_to_another_count": Mistake(
        lambda: C.reshape(x, (4, 2)),
        ValueError,
        [
            "Reshape: Operand (sub-)dimensions '[2 x 3]' incompatible with desired replacement",
            "(sub-)dimensions '[4 x 2]'.",
            "\n  x  Input('x', [#], [2 x 3])\n",
        ],
        way_out="a shape of 6 elements",
    ),
    "softmax_along_no_axis": Mistake(
        lambda: C.softmax(x, axis=4),
        ValueError,
        ["is out of bounds for the rank '2' it applies to.", "('x', [#], [2 x 3])", "in softmax"],
    ),
    "loss_of_other_sizes": Mistake(
        lambda: C.cross_entropy_with_softmax(v, other),
        ValueError,
        ["('v', [#], [3])", "('other', [#], [4])", "\n  in cross_entropy_with_softmax\n"],
        way_out="C.reshape",
    ),
    "different_element_types": Mistake(
        lambda: v + double,
        ValueError,
        [
            "Primitive op 'Plus' passed operands with different DataTypes 'Float' and 'Double'.",
            "\n  left   Input('v', [#], [3])\n  right  Input('double', [#], [3])\n",
        ],
        way_out="C.cast, or one dtype for all inputs and parameters",
    ),
    "different_sequence_axes": Mistake(
        lambda: frames + words,
        RuntimeError,
        [
            "Operation 'Plus': Operand 'Input('words', [#, words], [3])' has dynamic axes, that do",
            "not match the dynamic axes '[#, *]' of the other operands.",
            "\n  left   Input('frames', [#, *], [3])\n  right  Input('words', [#, words], [3])\n",
        ],
        way_out="C.sequence.broadcast_as or C.reconcile_dynamic_axes",
    ),
    "sparse_data_elementwise": Mistake(
        lambda: C.relu(sparse),
        RuntimeError,
        ["ReLU: elementwise operations are not supported for sparse data", "'sparse', [#], [5]"],
        way_out="C.times(data, np.eye(size))",
    ),
    "integer_array": Mistake(
        lambda: v + np.ones(3, np.int64),
        ValueError,
        ['NumPy type "int64" is not supported; convert the array to float32', "\n  in plus\n"],
    ),
    "no_operand": Mistake(
        lambda: v + None,
        ValueError,
        ["an operand must be a variable, Function, number", "\n  in plus\n", "right  None\n"],
    ),
    "rate_out_of_range": Mistake(
        lambda: C.dropout(v, dropout_rate=1.5),
        ValueError,
        ["dropout_rate must be in the interval [0,1), not 1.5", "x  Input('v', [#], [3])"],
    ),
}

ARGUMENTS = {
    "missing": Mistake(
        lambda: C.plus(v),
        TypeError,
        ["plus() missing required argument: 'right'; it takes left, right, name"],
        made_at=None,
    ),
    "unknown": Mistake(
        lambda: C.relu(v, nome="r"),
        TypeError,
        ["relu() got an unexpected keyword argument 'nome'; it takes x, name"],
        made_at=None,
    ),
    "superfluous": Mistake(
        lambda: C.relu(v, "r", 3),
        TypeError,
        ["relu() takes 2 positional arguments (x, name) but 3 were given"],
        made_at=None,
    ),
}

FEEDS = {
    "other_sizes": Mistake(
        lambda: C.relu(x).eval({x: rows(4, 3, 3)}),
        ValueError,
        [
            "The trailing dimensions of the Value shape '[4 x 3 x 3]' do not match the Variable",
            "'Input('x', [#], [2 x 3])' shape '[2 x 3]'.",
        ],
        "x",
        "an array (samples, 2, 3)",
    ),
    "too_few_axes": Mistake(
        lambda: C.relu(x).eval({x: rows(3)}),
        ValueError,
        ["Value's rank (1) should be >= the Variable's rank (2)", "Value shape = '[3]'"],
        "x",
        "an array (samples, 2, 3)",
    ),
    "sequence_of_other_sizes": Mistake(
        lambda: C.relu(frames).eval({frames: [rows(2, 3), rows(2, 4)]}),
        ValueError,
        ["The shape '[2 x 4]' of sequence #1 is not compatible", "'Input('frames', [#, *], [3])'"],
        "frames",
        "a list of arrays (frames, 3), one per sequence",
    ),
    "nothing": Mistake(
        lambda: z.eval(),
        ValueError,
        ["function expects 1 arguments"],
        "v",
        "pass {v: an array (samples, 3)}",
    ),
    "one_of_two": Mistake(
        lambda: loss.eval({v: rows(1, 3)}),
        ValueError,
        ["Values for 1 required arguments 'Input('target', [#], [2])'", "have not been provided."],
        "target",
        "pass {target: an array (samples, 2)}",
    ),
    "an_array_for_two": Mistake(
        lambda: (v + frames).eval(rows(1, 3)),
        ValueError,
        ["non-dict argument (ndarray) is not supported for nodes with more than one input"],
        "v",
        "pass {v: an array (samples, 3), frames: a list of arrays (frames, 3)",
    ),
    "unknown_name": Mistake(
        lambda: C.relu(x).eval({"y": rows(1, 2, 3)}),
        ValueError,
        ['variable with name "y" does not exist in the network. Available variable names: x'],
        made_at=None,
    ),
    "no_samples": Mistake(
        lambda: C.relu(x).eval({x: rows(0, 2, 3)}),
        RuntimeError,
        ["dimensions must be at least one.", "'Input('x', [#], [2 x 3])' is empty"],
        "x",
        "give at least one sample",
    ),
    "different_counts": Mistake(
        lambda: loss.eval({v: rows(1, 3), target: rows(2, 2)}),
        ValueError,
        ["Different minibatch layouts detected", "2 samples", "1 samples", "dynamic axes '[#]'"],
        "target",
        "as many samples for all of them",
    ),
    "dense_for_sparse": Mistake(
        lambda: C.times(sparse, rows(5, 2)).eval({sparse: rows(1, 5)}),
        ValueError,
        ["Dense input data supplied for sparse input Variable 'Input('sparse', [#], [5])'."],
        "sparse",
        "a SciPy CSR matrix of 5 columns, or C.Value.one_hot",
    ),
    "text": Mistake(
        lambda: C.relu(x).eval({x: "abc"}),
        ValueError,
        ["batch must be a list of NumPy arrays or SciPy CSR matrices", "<U3"],
        "x",
        "an array (samples, 2, 3)",
    ),
    "a_placeholder_is_left": Mistake(
        lambda: (C.relu(hole) + v).eval({v: rows(1, 3)}),
        RuntimeError,
        ["the graph still has the placeholder Placeholder('hole', [???], [???])."],
        "hole",
        "apply the Function to inputs, or call replace_placeholders",
    ),
}

TRAINING = {
    "a_learner_of_nothing": Mistake(
        lambda: C.sgd([], 0.1),
        ValueError,
        ["The parameters list specified to a Learner must not be empty."],
        None,
        "model.parameters",
    ),
    "a_parameter_twice": Mistake(
        lambda: C.sgd([W, W], 0.1),
        ValueError,
        ["Learner's parameters list must not contain duplicates."],
        made_at=None,
    ),
    "a_size_that_is_not_known": Mistake(
        lambda: C.sgd([undeduced], 0.1),
        ValueError,
        ["'[? x 2]' that has unknown dimensions", "Parameter('undeduced', [], [? x 2])"],
        "undeduced",
        "apply the model to an input first",
    ),
    "a_text_as_rate": Mistake(
        lambda: C.sgd([W], "fast"),
        ValueError,
        ["training parameter schedule type (<class 'str'>) not supported.", "or a number"],
        made_at=None,
    ),
    "an_empty_update": Mistake(
        lambda: C.sgd([W], 0.1).update({W: rows(3, 2)}, 0),
        ValueError,
        ["Learner::Update() cannot perform an update with an empty minibatch."],
        made_at=None,
    ),
    "no_learner": Mistake(
        lambda: C.Trainer(z, (loss, None), []),
        ValueError,
        ["These must be at least one learner."],
        None,
        "C.sgd(model.parameters, lr)",
    ),
    "a_parameter_of_another_model": Mistake(
        lambda: C.Trainer(z, (loss, None), C.sgd([W, unused], 0.1)),
        ValueError,
        ["1 of the learner parameters 'Parameter('unused', [], [2])' are not part of the model"],
        "unused",
        "a learner of loss.parameters",
    ),
    "two_learners_of_a_parameter": Mistake(
        lambda: C.Trainer(z, (loss, None), [C.sgd([W], 0.1), C.sgd([W], 0.2)]),
        ValueError,
        ["Parameter 'Parameter('W', [], [3 x 2])' is covered by 2 different learners"],
        "W",
        "give each learner parameters of its own",
    ),
    "a_loss_before_training": Mistake(
        lambda: C.Trainer(z, (loss, None), C.sgd([W], 0.1)).previous_minibatch_loss_average,
        RuntimeError,
        ["There was no preceding call to TrainMinibatch or the minibatch was empty."],
        made_at=None,
    ),
}

MISTAKES = {
    f"{group}.{name}": mistake
    for group, mistakes in (
        ("operators", OPERATORS),
        ("arguments", ARGUMENTS),
        ("feeds", FEEDS),
        ("training", TRAINING),
    )
    for name, mistake in mistakes.items()
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_explained(mistake):
    with pytest.raises(mistake.kind) as caught:
        mistake.make()
    text = str(caught.value)
    for part in mistake.says:
        assert part in text
    place = re.search(rf"\n  created at {Path(__file__).name}:(\d+)", text)
    if mistake.made_at is None:
        assert "created at" not in text
    else:
        assert place and int(place[1]) in mistake.lines, text
    if mistake.way_out is not None:
        assert text.splitlines()[-1].startswith(f"  try: {mistake.way_out}"), text


def saved(path):
    """Return the path of a saved model."""
    z.save(str(path))
    return path


def test_a_truncated_model_names_the_place(tmp_path):
    path = saved(tmp_path / "model")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(RuntimeError, match=r"model, byte \d+: ") as caught:
        C.Function.load(str(path))
    assert "expected" in str(caught.value) and "try: " in str(caught.value)


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"junk" * 9])
def test_a_file_of_another_kind_is_no_model(tmp_path, beginning):
    path = tmp_path / "model"
    path.write_bytes(beginning + bytes(40))
    with pytest.raises(RuntimeError, match="model, byte 0: this is no CNTK v2 model") as caught:
        C.Function.load(str(path))
    assert "try: " in str(caught.value)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(RuntimeError, match="absent: the file cannot be read"):
        C.Function.load(str(tmp_path / "absent"))
