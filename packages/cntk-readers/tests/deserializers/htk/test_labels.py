"""Labels as CNTK 2.7 reads them, and where this reader says what it skips there in silence."""

from __future__ import annotations

import pytest

from cntk.io import HTKMLFDeserializer, StreamDef, StreamDefs
from cntk.testing import check_deserializer

from .speech_files import LABELS, features, labels, minibatches
from .speech_files import classes as of

ALL = [[0, 0, 1, 1], [0, 2, 2, 3, 3, 3], [3, 3, 3]]


def mlf(*lines: str, name='"utt1.lab"') -> str:
    return "\n".join(["#!MLF!#", name, *lines, ".", '"utt2.lab"', "0 100000 A_s2", ".", ""])


def test_labels_join_features_by_utterance(folder, script):
    (found,) = minibatches([features(folder, script), labels(folder)])
    assert of(found) == ALL
    assert [len(sequence) for sequence in found["f"]] == [4, 6, 3]


def test_it_keeps_the_promises_of_deserializers(folder):
    check_deserializer(labels(folder))


def test_frame_mode_takes_both_apart(folder, script):
    found = minibatches([features(folder, script), labels(folder)], 5, frame_mode=True)
    assert [len(each["l"]) for each in found] == [5, 5, 3]
    assert [label for each in found for (label,) in of(each)] == sum(ALL, [])


def test_boundaries_of_phones_are_twos(folder):
    (found,) = minibatches(labels(folder, boundaries=True))
    assert [max(row) for row in found["l"][1]] == [2, 2, 1, 2, 1, 1]
    assert of(found) == ALL
    with pytest.raises(RuntimeError, match="frameMode and phoneBoundaries are mutually exclusive"):
        minibatches(labels(folder, boundaries=True), frame_mode=True)


@pytest.mark.parametrize(
    "text",
    [LABELS.replace("\n", "\r\n"), "\ufeff" + LABELS, LABELS.replace(" ", "\t"),
     LABELS.replace(".\n", ".\n\n"), LABELS.replace(".\n\"utt3", ".\n#!MLF!#\n\"utt3"),
     LABELS.replace("utt1.lab", "*/utt1.rec").replace("utt2.lab", "utt2"),
     LABELS.replace("00000 ", " ").replace("000 A", "A")],
    ids=["CRLF", "mark", "tabs", "blank lines", "second header", "names", "times in frames"],
)  # fmt: skip
def test_forms_that_mean_the_same(folder, script, text):
    (found,) = minibatches([features(folder, script), labels(folder, text)])
    assert of(found) == ALL


@pytest.mark.parametrize(
    ("lines", "frames"),
    [
        (["0 250000 A_s2", "250000 400000 A_s3"], [0, 0, 0, 1]),
        (["0 249999 A_s2", "249999 400000 A_s3"], [0, 0, 1, 1]),
        (["0 150000 A_s2", "150000 250000 A_s3"], [0, 0, 1]),
        (["0 0 A_s3", "0 200000 A_s2"], [0, 0]),
        (["0 2e5 A_s2"], [0, 0]),
        (["0 2 A_s2", "2 4 A_s3"], [0, 0, 1, 1]),
    ],
)
def test_times_are_rounded_to_frames(folder, lines, frames):
    assert of(minibatches(labels(folder, mlf(*lines)))[0]) == [frames, [0]]


MALFORMED = {
    "a gap": ["0 200000 A_s2", "300000 400000 A_s3"],
    "an overlap": ["0 200000 A_s2", "100000 400000 A_s3"],
    "a late begin": ["100000 200000 A_s2"],
    "going back": ["300000 200000 A_s2"],
    "an unknown state": ["0 200000 Z"],
    "no state": ["0 200000"],
    "only a state": ["A_s2"],
    "a time that is none": ["x 200000 A_s2"],
    "a time before zero": ["-100000 200000 A_s2"],
    "an endless time": ["0 99999999999999999999 A_s2"],
    "three years": ["0 999999999999999 A_s2"],
    "no end": ["0 200000 A_s2", '"utt3.lab"'],
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_utterances_are_refused_or_skipped(folder, what, caplog):
    text = mlf(*MALFORMED[what])
    with pytest.raises(RuntimeError, match=r"line [34], utterance 'utt1': expected .*, found"):
        minibatches(labels(folder, text))
    (found,) = minibatches(labels(folder, text), max_errors=1)
    assert of(found) == [[0]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dim": 3}, "Class id '3' exceeds the model output dimension '3'"),
        ({"text": LABELS[8:]}, "Expected MLF header was not found"),
        ({"text": ""}, "no utterance that can be used"),
        ({"text": LABELS[:-2]}, r"'\.' at the end of utterance 'utt3', found the end of the file"),
        ({"text": LABELS.replace('"', "")}, "the name of an utterance in quotes"),
        ({"text": "#!MLF!#\n" + "x" * 70000}, "longer than 65536 bytes"),
        ({"text": LABELS + "\0"}, "no text"),
        ({"states": "A_s2\nA_s3\nA_s2\n"}, "two states with the same name 'A_s2'"),
        ({"states": ""}, "is empty"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, options, message):
    with pytest.raises(RuntimeError, match=message):
        minibatches(labels(folder, **options))


def test_of_an_utterance_that_occurs_twice_the_first_counts(folder, caplog):
    text = mlf("0 200000 A_s3") + '"utt1.lab"\n0 100000 A_s2\n.\n'
    assert of(minibatches(labels(folder, text))[0]) == [[1, 1], [0]]
    assert "found 'utt1'; left out" in caplog.text


def test_several_label_files(folder, script):
    (folder / "1.mlf").write_text('#!MLF!#\n"utt1.lab"\n0 200000 A_s2\n.\n')
    (folder / "2.mlf").write_text('#!MLF!#\n"utt3.lab"\n0 100000 A_s3\n.\n')
    (folder / "states").write_text("A_s2\nA_s3\n")
    definition = StreamDef(shape=2, mlf=[folder / "1.mlf", folder / "2.mlf"])
    reader = HTKMLFDeserializer(folder / "states", StreamDefs(l=definition))
    assert of(minibatches([features(folder, script), reader])[0]) == [[0, 0], [1]]


@pytest.mark.parametrize(
    ("states", "streams", "message"),
    [
        ("s", StreamDefs(l=StreamDef(shape=4)), "No master label files specified"),
        (
            "s",
            StreamDefs(l=StreamDef(mlf="a"), m=StreamDef(mlf="b")),
            "only accepts a single stream",
        ),
        ("", StreamDefs(l=StreamDef(shape=4, mlf="a")), "No value given for 'labelMappingFile'"),
    ],
)
def test_incomplete_definitions_are_refused(states, streams, message):
    with pytest.raises(ValueError, match=message):
        HTKMLFDeserializer(states, streams)


def test_labels_of_another_length_are_left_out_in_frame_mode_only(folder, script, caplog):
    text = mlf("0 200000 A_s2")
    both = [features(folder, script), labels(folder, text)]
    assert of(minibatches(both)[0]) == [[0, 0], [0]]
    with pytest.raises(RuntimeError, match=r"sequence utt1.*4 samples in each stream.*l: 2"):
        minibatches(both, frame_mode=True)


def test_no_common_utterance(folder, script):
    text = LABELS.replace("utt", "other")
    with pytest.raises(RuntimeError, match="Keys of logical sequences do not match"):
        minibatches([features(folder, script), labels(folder, text)])
