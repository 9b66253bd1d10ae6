"""Features as CNTK 2.7 reads them: scripts, contexts, kinds of files, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import HTKFeatureDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.testing import check_deserializer

from .speech_files import FRAMES, features, minibatches, write_archive, write_compressed

WHOLE = "u=.../x.fea[0,9]\n"


def test_utterances_are_frames_of_archives(folder, script):
    (found,) = minibatches(features(folder, script))
    assert [len(sequence) for sequence in found["f"]] == [4, 6, 3]
    np.testing.assert_array_equal(found["f"][1], FRAMES[4:])
    np.testing.assert_array_equal(found["f"][2], FRAMES[2:5] + 100)


def test_it_keeps_the_promises_of_deserializers(folder, script):
    check_deserializer(features(folder, script, context=(2, 1)))


def test_a_context_repeats_the_frames_at_the_ends(folder, script):
    (found,) = minibatches(features(folder, script, context=(2, 1)))
    times = [0, 0, 0, 1, 0, 0, 1, 2, 0, 1, 2, 3, 1, 2, 3, 3]
    np.testing.assert_array_equal(np.ravel(found["f"][0]), FRAMES[times].ravel())


def test_a_shape_of_three_frames_takes_a_neighbour_on_each_side(folder, script):
    automatic = minibatches(features(folder, script, shape=9))
    assert automatic == minibatches(features(folder, script, context=(1, 1)))


def test_frame_mode_takes_utterances_apart(folder, script):
    found = minibatches(features(folder, script), size=4, frame_mode=True)
    assert [len(each["f"]) for each in found] == [4, 4, 4, 1]
    frames = np.concatenate([np.concatenate(each["f"]) for each in found])
    np.testing.assert_array_equal(frames, np.concatenate((FRAMES, FRAMES[2:5] + 100)))


def test_truncation_cuts_utterances(folder, script):
    source = MinibatchSource(features(folder, script), truncation_length=2, randomize=False)
    minibatch = source.next_minibatch(4)[source.streams.f]
    assert (minibatch.num_sequences, minibatch.num_samples) == (2, 4)
    np.testing.assert_array_equal(minibatch.asarray()[:, 0], FRAMES[[0, 4]])


@pytest.mark.parametrize("order", "><")
@pytest.mark.parametrize("kind", [6, 7, 9, 11, 6 | 0o100, 9 | 0o200, 9 | 0o4000, 9 | 0o10000])
def test_kinds_of_files(folder, kind, order):
    write_archive(folder / "x.fea", FRAMES, kind, order)
    np.testing.assert_array_equal(minibatches(features(folder, WHOLE))[0]["f"][0], FRAMES)


@pytest.mark.parametrize("order", "><")
def test_compressed_files(folder, order):
    write_compressed(folder / "x.fea", FRAMES, order=order)
    (found,) = minibatches(features(folder, "u=.../x.fea[1,3]\n"))
    # numbers of CNTK 2.7
    expected = [
        [1.00006103515625, 1.250061273574829, 1.5000609159469604],
        [1.9999847412109375, 2.2499849796295166, 2.4999847412109375],
        [3.0000457763671875, 3.2500460147857666, 3.5000457763671875],
    ]
    np.testing.assert_allclose(found["f"][0], expected, rtol=3e-7)


@pytest.mark.parametrize("count", [-1, 12])
def test_the_header_may_announce_more_frames_than_are_read(folder, count):
    write_archive(folder / "x.fea", FRAMES, count=count)
    np.testing.assert_array_equal(minibatches(features(folder, WHOLE))[0]["f"][0], FRAMES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": 0}, "unsupported feature kind"),
        ({"kind": 8}, "unsupported feature kind"),
        ({"kind": 9 | 0o40000}, "without vector quantization"),
        ({"period": 0}, "unsupported feature kind"),
        ({"size": 10}, "unsupported feature kind"),
        ({"size": 8}, "is not an odd multiple of input features"),
        ({"count": 8}, "expected at least 10 frames, found 8 in the archive"),
    ],
)
def test_files_that_cannot_be_used_are_refused(folder, options, message):
    write_archive(folder / "x.fea", FRAMES, **options)
    with pytest.raises(RuntimeError, match=message) as caught:
        minibatches(features(folder, WHOLE))
    assert "x.fea" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    ["a.fea", "u=a.fea", "u=.../a.fea[1;3]", "u=.../a.fea[0,3", "u=.../a.fea[0,3]x", "u=",
     "u=.../a.fea[5,3]", "u=.../a.fea[-1,3]", "u=.../a.fea[0,99999999999]", "# comment"],
)  # fmt: skip
def test_malformed_lines_of_a_script_are_refused_or_skipped(folder, script, line, caplog):
    with pytest.raises(RuntimeError, match="line 2.*expected"):
        minibatches(features(folder, script[:20] + line + "\n"))
    (found,) = minibatches(features(folder, script[:20] + line + "\n"), max_errors=1)
    assert [len(each) for each in found["f"]] == [4]


@pytest.mark.parametrize(
    "text",
    ["\ufeffu=.../a.fea[1,3]\nv=.../a.fea[0,0]\n", "u=.../a.fea[1, 3]\r\nv=.../a.fea[0,0]\r\n",
     "u=.../a.fea[1,3]\n\nv=.../a.fea[0,0]"],
)  # fmt: skip
def test_marks_ends_of_lines_and_blank_lines_do_not_matter(folder, text):
    assert [len(each) for each in minibatches(features(folder, text))[0]["f"]] == [3, 1]


def test_an_utterance_that_occurs_twice_is_left_out(folder, caplog):
    text = "u=.../a.fea[1,3]\nu=.../a.fea[0,0]\nv=.../a.fea[5,6]\n"
    assert [len(each) for each in minibatches(features(folder, text))[0]["f"]] == [2]
    assert "expected each utterance once, found utterance 'u' 2 times" in caplog.text


def test_archives_of_another_kind_count_as_malformed(folder, script, caplog):
    write_archive(folder / "x.fea", FRAMES, period=50000)
    text = script + "v=.../x.fea[0,1]\nw=.../none.fea[0,1]\n"
    with pytest.raises(RuntimeError, match="period=50000"):
        minibatches(features(folder, text))
    (found,) = minibatches(features(folder, text), max_errors=2)
    assert len(found["f"]) == 3
    assert "none.fea: expected a feature file" in caplog.text


def test_archives_stay_inside_the_roots(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    write_archive(other / "a.fea", FRAMES)
    text = f"u={other}/a.fea[0,3]\n"
    with pytest.raises(RuntimeError, match="other folders: give roots="):
        minibatches(features(folder, text))
    assert len(minibatches(features(folder, text, roots=other))[0]["f"][0]) == 4


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (StreamDef(shape=3), "No scp files specified"),
        (StreamDef(shape=3, scp=["a", "b"]), "takes one scp file"),
        (StreamDef(scp="a"), "needs shape"),
        (StreamDef(shape=(1, 3), scp="a"), "one axis"),
        (StreamDef(shape=3, scp="a", context=(-1, 1)), "frames before, frames after"),
        (StreamDef(shape=2**30, scp="a", context=(9, 9)), "at most"),
    ],
)
def test_incomplete_definitions_are_refused(definition, message):
    with pytest.raises(ValueError, match=message):
        HTKFeatureDeserializer(StreamDefs(f=definition))


def test_several_streams_are_aligned_by_utterance(folder, script):
    reversed_script = "".join(reversed(script.splitlines(keepends=True)))
    (folder / "f.scp").write_text(script)
    (folder / "g.scp").write_text(reversed_script)
    reader = HTKFeatureDeserializer(
        StreamDefs(
            f=StreamDef(shape=3, scp=folder / "f.scp"), g=StreamDef(shape=9, scp=folder / "g.scp")
        )
    )
    (found,) = minibatches(reader)
    assert [[row[3:6] for row in sequence] for sequence in found["g"]] == found["f"]


def test_one_frame_is_broadcast_over_the_utterances_that_drive(folder, script):
    write_archive(folder / "iv.fea", [[7, 8], [9, 10]])
    vectors = "utt1=.../iv.fea[0,0]\nutt2=.../iv.fea[1,1]\nutt3=.../iv.fea[0,0]\n"
    speaker = features(folder, vectors, "g", 2, broadcast=True)
    (found,) = minibatches([features(folder, script), speaker])
    assert found["g"] == [[[7, 8]] * 4, [[9, 10]] * 6, [[7, 8]] * 3]
    frames = minibatches([features(folder, script), speaker], frame_mode=True)
    assert frames[0]["g"] == [[row] for rows in found["g"] for row in rows]
    with pytest.raises(ValueError, match="Cannot expand utterances of the primary stream g"):
        minibatches([speaker, features(folder, script)])
