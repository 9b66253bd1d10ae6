"""The minibatches and errors of CNTK 2.7 on the golden text and binary files and images."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from cntk.io import (
    CBFDeserializer,
    CTFDeserializer,
    ImageDeserializer,
    MinibatchSource,
    StreamDef,
    StreamDefs,
    transforms,
)

DATA = Path(__file__).parents[3] / "tests" / "data" / "golden"
FOLDER = Path(os.environ.get("CNTK_GOLDEN", DATA)) / "readers"


def data_cases() -> list[dict]:
    cases = json.loads((FOLDER / "readers.json").read_text())
    return [case for case in cases["cases"] if case["file"].endswith((".ctf", ".cbf"))]


def image_cases() -> list[dict]:
    cases = json.loads((FOLDER / "readers.json").read_text())
    return [case for case in cases["cases"] if case["file"] == "map.txt"]


class GoldenTransforms:
    """The transforms, with files taken from the golden folder."""

    crop, scale, color = transforms.crop, transforms.scale, transforms.color

    @staticmethod
    def mean(filename: str) -> transforms.Transform:
        return transforms.mean(FOLDER / filename)


def open_images(case: dict) -> MinibatchSource:
    # the case gives a list of transforms as Python text
    given = eval(f"[{case['transforms']}]", {"T": GoldenTransforms})
    streams = StreamDefs(
        features=StreamDef(field="image", transforms=given),
        labels=StreamDef(field="label", shape=3),
    )
    reader = ImageDeserializer(FOLDER / case["file"], streams)
    return MinibatchSource(reader, randomize=False, max_sweeps=1)


def open_source(case: dict) -> MinibatchSource:
    if "transforms" in case:
        return open_images(case)
    if case["file"].endswith(".cbf"):
        reader = CBFDeserializer(FOLDER / case["file"])
        return MinibatchSource(reader, randomize=False, max_sweeps=1)
    # the case gives the arguments of StreamDefs as Python text
    definitions = eval(f"dict({case['stream_defs']})", {"StreamDef": StreamDef})
    sweeps = case["options"].get("max_sweeps", 1)
    reader = CTFDeserializer(FOLDER / case["file"], StreamDefs(**definitions))
    frames = case["key"].endswith("_frames")
    return MinibatchSource(reader, randomize=False, max_sweeps=sweeps, frame_mode=frames)


def minibatches(case: dict) -> list[dict]:
    source = open_source(case)
    sizes = (
        case["minibatch_size"]
        if isinstance(case["minibatch_size"], list)
        else [case["minibatch_size"]]
    )
    num_parts, part = case["options"].get("parts", (None, None))
    found: list[dict] = []
    while len(found) < case["options"].get("limit", 1000):
        size = sizes[len(found) % len(sizes)]
        data = source.next_minibatch(size, num_data_partitions=num_parts, partition_index=part)
        if not data:
            break
        found.append({info.name: each for info, each in data.items()})
    return found


@pytest.mark.parametrize(
    "case", [c for c in data_cases() if "error" not in c], ids=lambda case: case["key"]
)
def test_minibatches_are_those_of_the_original(case: dict) -> None:
    with np.load(FOLDER / "readers.npz") as archive:
        found = minibatches(case)
        assert len(found) == len(case["minibatches"])
        for i, (data, expected) in enumerate(zip(found, case["minibatches"])):
            assert set(data) == set(expected)
            for name, part in data.items():
                key = f"{case['key']}.mb{i}.{name}"
                sequences = part.as_sequences()
                dense = [s.toarray() if part.is_sparse else s for s in sequences]
                assert {
                    "is_sparse": part.is_sparse,
                    "num_samples": part.num_samples,
                    "num_sequences": part.num_sequences,
                    "sweep_end": part.end_of_sweep,
                } == expected[name]
                np.testing.assert_array_equal(np.concatenate(dense), archive[key], err_msg=key)
                lengths = [len(sequence) for sequence in dense]
                np.testing.assert_array_equal(lengths, archive[key + "_len"], err_msg=key)


@pytest.mark.parametrize(
    "case", [c for c in data_cases() if "error" in c], ids=lambda case: case["key"]
)
def test_errors_are_those_of_the_original(case: dict) -> None:
    with pytest.raises(RuntimeError) as caught:
        minibatches(case)
    assert case["file"] in str(caught.value)


# grey: CNTK 2.7 reads the first third of the colours there, see below; crop: its OpenCV fails
PIXELS_DIFFER = {"image_gray", "image_scale_fill"}
WITH_PIXELS = [case for case in image_cases() if case["key"] not in PIXELS_DIFFER]


@pytest.mark.parametrize("case", WITH_PIXELS, ids=lambda case: case["key"])
def test_pixels_are_those_of_the_original(case: dict) -> None:
    """They are equal, not only close: the decoder of JPEG is the same here, too."""
    with np.load(FOLDER / "readers.npz") as archive:
        found = minibatches(case)
        assert [sorted(data) for data in found] == [["features", "labels"]] * 2
        for i, (data, expected) in enumerate(zip(found, case["minibatches"])):
            for name, part in data.items():
                pixels = np.concatenate(
                    [s.toarray() if part.is_sparse else s for s in part.as_sequences()]
                )
                np.testing.assert_array_equal(pixels, archive[f"{case['key']}.mb{i}.{name}"])
                assert part.num_samples == expected[name]["num_samples"]
                assert part.end_of_sweep == expected[name]["sweep_end"]


def test_grey_images_are_the_luma_and_not_a_third_of_the_colours() -> None:
    (grey,) = (case for case in image_cases() if case["key"] == "image_gray")
    (colours,) = (case for case in image_cases() if case["key"] == "image_scale_linear")
    with np.load(FOLDER / "readers.npz") as archive:
        for i, data in enumerate(minibatches(grey)):
            original = archive[f"{colours['key']}.mb{i}.features"]  # [samples, 3, 6, 8]
            interleaved = original.transpose(0, 2, 3, 1).reshape(len(original), -1)
            third = archive[f"{grey['key']}.mb{i}.features"].reshape(len(original), -1)
            np.testing.assert_array_equal(third, interleaved[:, : third.shape[1]])
            luma = np.tensordot(original, [0.114, 0.587, 0.299], (1, 0))[:, None]
            ours = np.concatenate(data["features"].as_sequences())
            np.testing.assert_allclose(ours, luma, atol=1.5)


def test_a_crop_to_proportions_works_where_the_original_fails() -> None:
    (case,) = (case for case in image_cases() if "error" in case)
    shapes = [data["features"].shape for data in minibatches(case)]
    assert shapes == [(4, 1, 3, 6, 8), (2, 1, 3, 6, 8)]
