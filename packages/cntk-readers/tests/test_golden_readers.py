"""The minibatches and errors of CNTK 2.7 on the golden text files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

DATA = Path(__file__).parents[3] / "tests" / "data" / "golden"
FOLDER = Path(os.environ.get("CNTK_GOLDEN", DATA)) / "readers"


def text_cases() -> list[dict]:
    cases = json.loads((FOLDER / "readers.json").read_text())
    return [case for case in cases["cases"] if case["file"].endswith(".ctf")]


def open_source(case: dict) -> MinibatchSource:
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
    "case", [c for c in text_cases() if "error" not in c], ids=lambda case: case["key"]
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
    "case", [c for c in text_cases() if "error" in c], ids=lambda case: case["key"]
)
def test_errors_are_those_of_the_original(case: dict) -> None:
    with pytest.raises(RuntimeError) as caught:
        minibatches(case)
    assert case["file"] in str(caught.value)
