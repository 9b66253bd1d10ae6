"""``python -m cntk inspect``."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import cntk as C
from cntk.commands.inspect_file import description, report
from cntk.commands.run import main
from cntk.storage import ModelFileError, describe_dictionary, read_dictionary

DATA = Path(__file__).parents[4] / "tests" / "data"
MODELS, CHECKPOINTS = DATA / "golden" / "models", DATA / "checkpoints"


@pytest.fixture
def network():
    x = C.input_variable(4, name="x")
    return C.layers.Sequential([C.layers.Dense(3, name="hidden"), C.layers.Dense(2)])(x)


def test_a_model_is_shown_as_a_graph(network, tmp_path, capsys):
    path = str(tmp_path / "a.model")
    network.save(path)
    assert main(["inspect", path]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"model, {Path(path).stat().st_size:,} bytes, written by cntk-core")
    assert "4 parameters: 23 numbers, 92 bytes" in lines
    assert any(line.split() == [network.arguments[0].uid, "x", "float32", "[4]",
                                "defaultBatchAxis"] for line in lines)  # fmt: skip
    assert any("Dense" in line and "hidden" in line for line in lines)


def test_json_has_the_same(network, tmp_path, capsys):
    path = str(tmp_path / "a.model")
    network.save(path)
    assert main(["inspect", "--json", "--check", path]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["parameter_count"], found["checked"]) == ("model", 23, True)
    shapes = {tuple(parameter["shape"]) for parameter in found["parameters"]}
    assert shapes == {(4, 3), (3,), (3, 2), (2,)}
    assert found["functions"][-1]["uid"] == found["root"]


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.model")), ids=lambda path: path.stem)
def test_every_golden_model_is_described(path):
    found = description(str(path))
    assert found["producer"] == "CNTK 2.7, or another program"
    assert found["parameter_count"] == sum(p["size"] for p in found["parameters"])
    assert len(report(str(path)).splitlines()) > len(found["functions"])


def test_the_state_of_a_trainer_is_shown():
    lines = report(str(CHECKPOINTS / "dense_schedule.ckpt.ckp")).splitlines()
    assert lines[1] == "learner 0: 12 samples, 3 minibatches, 0 sweeps"
    assert lines[2] == "  learning rate 0.05 up to 9, 0.02 up to 18, 0.01 up to 27 for 1 sample"
    assert lines[-1] == "external state: case, steps"


@pytest.mark.parametrize("suffix", ["npz", "safetensors"])
def test_weights_are_listed(network, tmp_path, suffix):
    path = str(tmp_path / f"a.{suffix}")
    C.weights.save(network, path)
    for check in (False, True):
        found = description(path, check)
        names = [array["name"] for array in found["arrays"]]
        assert names == ["hidden.W", "hidden.b", "Dense.W", "Dense.b"]
        assert sum(array["bytes"] for array in found["arrays"]) == 92


def test_values_are_not_read_unless_they_are_checked(tmp_path):
    path = tmp_path / "a.model"
    C.alias(C.parameter(init=np.ones(2**22, np.float32))).save(path)
    tracemalloc.start()
    description(str(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.model")), ids=lambda path: path.stem)
def test_the_description_of_a_dictionary_has_all_but_the_values(path):
    found, stamp = describe_dictionary(path)
    assert stamp is None
    assert shapes_of(found) == shapes_of(read_dictionary(path))


def shapes_of(value):
    if isinstance(value, dict):
        return {key: shapes_of(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shapes_of(item) for item in value]
    return (value.dtype, value.shape) if isinstance(value, np.ndarray) else value


def test_a_changed_bit_is_found_by_checking(network, tmp_path, capsys):
    path = tmp_path / "a.model"
    network.save(path)
    content = bytearray(path.read_bytes())
    content[content.index(network.parameters[0].value.tobytes()) + 1] ^= 1
    path.write_bytes(content)
    assert main(["inspect", str(path)]) == 0
    assert main(["inspect", "--check", str(path)]) == 1
    assert "has changed since it was written" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_a_line(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "none.model")]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'none.model'}: the file cannot be read")


def test_names_in_files_cannot_play_with_the_terminal(tmp_path):
    path = str(tmp_path / "a.model")
    C.alias(C.input_variable(2, name="\x1b[31mred\n" + "x" * 200)).save(path)
    shown = report(path)
    assert "\x1b" not in shown and "\\x1b[31mred\\n" in shown
    assert max(map(len, shown.splitlines())) < 400


def test_a_dictionary_that_is_no_model_is_refused(tmp_path):
    from cntk.storage import Dictionary, write_dictionary

    write_dictionary(tmp_path / "a.model", Dictionary(a="b"))
    with pytest.raises(ModelFileError, match="the file is no model") as raised:
        description(str(tmp_path / "a.model"))
    assert raised.value.file == str(tmp_path / "a.model") and raised.value.offset is not None
