"""Means from files and from values."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cntk.io.transforms import mean

from ..image_files import draw, noise

XML = """<?xml version="1.0"?>
<opencv_storage>
<Channel>3</Channel>
<Row>2</Row>
<Col>1</Col>
<MeanImg type_id="opencv-matrix">
  <rows>1</rows>
  <cols>6</cols>
  <dt>f</dt>
  <data>
    1. 2.5 3.
    4. 5. 6.e+01</data></MeanImg>
</opencv_storage>
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mean.xml"
    path.write_text(XML)
    return path


def test_a_file_is_in_the_order_of_rows_columns_channels(file):
    image = np.full((2, 1, 3), 10, np.uint8)
    found = mean(file).apply(image, draw())
    assert found.dtype == np.float32
    assert found.tolist() == [[[9, 7.5, 7]], [[6, 5, -50]]]


def test_another_size_is_left_alone_and_told_once(file, caplog):
    given = mean(str(file))
    image = noise()
    assert given.apply(image, draw()) is image
    assert given.size((6, 8, 3)) == (6, 8, 3)
    assert "Mean file does not match the size of the input image, will be ignored" in caplog.text
    caplog.clear()
    given.size((2, 1, 3)), given.size((None, None, 3))
    assert not caplog.text


def test_values_are_for_channels_or_for_all():
    image = noise()
    np.testing.assert_array_equal(
        mean((1, 2, 3)).apply(image, draw()), image - np.float32([1, 2, 3])
    )
    np.testing.assert_array_equal(mean(128).apply(image, draw()), image - np.float32(128))
    grey = image[..., :1]
    assert mean((1, 2, 3)).apply(grey, draw()) is grey


@pytest.mark.parametrize("values", [None, (1, 2), (1, "x", 3), {}])
def test_other_values_are_refused(values):
    with pytest.raises(ValueError, match="expected the name of a file, a number, or three"):
        mean(values)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(RuntimeError, match="Could not open file: .*nomean.xml"):
        mean(tmp_path / "nomean.xml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<Row>2</Row>", "", "element <Row>"),
        ("<Row>2</Row>", "<Row>-2</Row>", "element <Row>"),
        ("<Row>2</Row>", "<Row>999999999</Row>", "999999999 x 1 x 3 numbers"),
        ("<Row>2</Row>", "<Row>" + "9" * 50 + "</Row>", "element <Row>"),
        ("2.5", "2.5 2.5", "found     7"),
        ("2.5", "two", "numbers in <data>"),
        ("2.5", ".Nan", "numbers in <data>"),
        ("2.5", "1e999", "finite numbers"),
        ("<data>", "<date>", "<MeanImg> with <data>"),
        (XML, "", "element <Row>"),
        (XML, "\0" * 100, "element <Row>"),
    ],
)
def test_a_malformed_file_is_refused_at_once(file, old, new, message):
    file.write_text(XML.replace(old, new))
    begin = time.process_time()
    with pytest.raises(RuntimeError, match=message) as caught:
        mean(file)
    assert time.process_time() - begin < 0.1
    assert str(file) in str(caught.value)
