from __future__ import annotations

from cntk.logging.drawing import dot_text
from cntk.logging.drawing.diagram import Box, Diagram


def test_boxes_and_arrows():
    boxes = [Box("Input3", "input", ("x", "[#] [2]"), "Input(x)"), Box("f", "block", ("F",), "F")]
    text = dot_text(Diagram(boxes, [(0, 1)]))
    assert text.startswith("digraph model {") and text.endswith("}\n")
    assert '"Input3" [shape=ellipse, label="x\\n[#] [2]", tooltip="Input(x)"];' in text
    assert '  "Input3" -> "f";' in text


def test_names_cannot_end_a_string():
    box = Box("k", "input", ('a"];\\', "\0"), "")
    assert 'label="a\\"];\\\\\\n"' in dot_text(Diagram([box], []))
