from __future__ import annotations

from xml.etree import ElementTree

import pytest

import cntk as C
from cntk.logging import graph
from cntk.logging.drawing import svg_text
from cntk.logging.drawing.diagram import Box, Diagram

SVG = "{http://www.w3.org/2000/svg}"


def tree(boxes, arrows=()):
    return ElementTree.fromstring(svg_text(Diagram(list(boxes), list(arrows))))


def box(key, *lines, kind="function"):
    return Box(key, kind, lines or (key,), key)


def boxes_of(root):
    return list(root.iter(f"{SVG}g"))


def test_a_box_has_a_title_its_lines_and_a_tooltip():
    (group,) = boxes_of(tree([box("k", "Times", "W [2]")]))
    assert [text.text for text in group.iter(f"{SVG}text")] == ["Times", "W [2]"]
    assert group.find(f"{SVG}title").text == "k"


@pytest.mark.parametrize(
    "name", ["</text><script>1</script>", "\"&<>'", "\0\x1b\ufffe", "名前" * 9]
)
def test_a_hostile_name_stays_text(name):
    root = tree([Box("k", "input", (name,), name)])
    (group,) = boxes_of(root)
    assert len(list(root.iter())) == len(list(tree([box("k")]).iter()))
    shown = group.find(f"{SVG}text").text
    assert shown == "".join("\ufffd" if sign in "\0\x1b\ufffe" else sign for sign in name)


def test_wide_letters_have_room():
    def width(name):
        (group,) = boxes_of(tree([box("k", name)]))
        return float(group.find(f"{SVG}rect").get("width"))

    assert width("名前") == width("abcd")


def test_all_lies_inside_the_picture():
    boxes = [box(str(i), "w" * i) for i in range(1, 8)]
    arrows = [(i, j) for i in range(7) for j in range(i + 1, 7)]
    root = tree(boxes, arrows)
    width, height = float(root.get("width")), float(root.get("height"))
    for group in boxes_of(root):
        x, y, w, h = (float(group.find(f"{SVG}rect").get(k)) for k in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
    assert len(root.findall(f"{SVG}path")) == len(arrows)


def test_an_arrow_that_closes_a_cycle_is_dashed():
    root = tree([box("a"), box("b")], [(0, 1), (1, 0)])
    assert [path.get("class") for path in root.findall(f"{SVG}path")] == ["arrow", "arrow back"]


def test_an_arrow_to_itself_is_left_out():
    assert not tree([box("a")], [(0, 0)]).findall(f"{SVG}path")


def test_the_same_graph_gives_the_same_picture():
    f = C.relu(C.exp(C.input_variable(2, name="x")))
    assert f._repr_svg_() == f._repr_svg_()


def test_nothing_is_an_empty_picture():
    assert not boxes_of(tree([]))


def test_a_recurrence_is_drawn():
    x, later = C.sequence.input_variable(2, name="x"), C.placeholder()
    total = C.plus(x, C.sequence.past_value(later))
    total.replace_placeholders({later: total.output})
    root = ElementTree.fromstring(total._repr_svg_())
    assert "arrow back" in {path.get("class") for path in root.findall(f"{SVG}path")}
    assert graph.plot(total).count("PastValue") >= 1


def test_the_style_is_for_this_picture_alone():
    root = tree([box("a")])
    assert root.get("class") == "cntk-graph"
    rules = [line for line in root.find(f"{SVG}style").text.splitlines() if line.strip()]
    assert rules and all(line.strip().startswith(".cntk-graph ") for line in rules)
