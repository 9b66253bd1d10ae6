"""Expressions build the graphs of CNTK 2.7: operations, names, attributes, orders, prints."""

from __future__ import annotations

import builtins

import pytest

from .cases import all_cases, built, missing_name
from .described import described
from .differences import differences

# these graphs are other ones, on purpose
OTHER_HERE = {
    "convolution/15": "the padding of one channel, which has no effect",
    "convolution/42": "the padding of one channel, which has no effect",
    "convolution/34": "the padding of channels where frames are counted, which has no effect",
    "convolution/35": "the padding of channels where frames are counted, which has no effect",
    "convolution/47": "the missing channel, given before time is unpacked",
    "convolution/40": "the dilation of channels, after which the original has none left",
    "convolution/41": "the dilation of channels, after which the original has none left",
    "layers.unfold/0": "the element type of placeholders, which the original says is float64",
    "nce_loss/1": "frequencies that are estimated with random numbers",
    "custom_proxy_op/0": "the name, which the original gives to the output alone",
    "crop_automatic/2": "the original prints Crop(...) although it is a composite",
}


def comparable(case: dict) -> bool:
    return not missing_name(case["expr"])


CASES = [case for case in all_cases() if comparable(case)]
BUILT = [c for c in CASES if "error" not in c and c["id"] not in OTHER_HERE]


def by_id(case: dict) -> str:
    return case["id"]


@pytest.mark.parametrize("case", BUILT, ids=by_id)
def test_the_graph_is_that_of_the_original(case):
    different = differences(case, described(built(case)))
    assert not different, "\n".join([case["expr"], *different])


@pytest.mark.parametrize("case", [c for c in CASES if c["id"] in OTHER_HERE], ids=by_id)
def test_a_graph_that_is_another_one_here(case):
    assert differences(case, described(built(case))), "take it off the list"


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c], ids=by_id)
def test_what_the_original_refuses_to_build_is_refused(case):
    expected = getattr(builtins, case["error"].partition(":")[0])
    with pytest.raises(expected):
        built(case)


def test_a_difference_is_found():
    """The comparison itself: one change in each part of a description is reported."""
    case = next(case for case in BUILT if case["expr"] == "Dense(3)(x0)")
    actual = described(built(case))
    assert not differences(case, actual)
    for change in (
        lambda d: d["leaves"][0].update(name="V"),
        lambda d: d["nodes"][0]["attributes"].update(outputRank=2),
        lambda d: d["nodes"][0]["inputs"].reverse(),
        lambda d: d["nodes"][2]["block"]["arguments"].clear(),
        lambda d: d["nodes"].pop(0),
        lambda d: d["composite"]["inputs"].reverse(),
        lambda d: d.update(str="Dense()"),
    ):
        changed = described(built(case))
        change(changed)
        assert differences(case, changed)
