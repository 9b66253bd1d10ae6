"""Small images are decoded once, within limits, and nothing that is done to one changes another."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import transforms
from cntk.io.deserializers.image import kept as module
from cntk.io.deserializers.image.kept import KeptPictures
from cntk.io.deserializers.image.picture import Picture

from ...image_files import drain, noise, reader, save, some_images, source


class Opened:
    """Opens an image, and counts how often."""

    def __init__(self, folder, width: int, height: int) -> None:
        self.data = save(folder / "a.png", noise(width, height)).read_bytes()
        self.count = 0

    def __call__(self) -> Picture:
        self.count += 1
        return Picture(self.data)


@pytest.mark.parametrize(("side", "opened"), [(147, 1), (148, 3)])
def test_small_images_are_opened_once(tmp_path, side, opened):
    pictures, image = KeptPictures(), Opened(tmp_path, side, side)
    for _ in range(3):
        found = pictures.get("a", image)
        np.testing.assert_array_equal(found.pixels(), Picture(image.data).pixels())
    assert image.count == opened
    assert not found.pixels().flags.writeable
    assert (found.width, found.height) == (side, side)


def test_the_memory_of_all_is_bounded(tmp_path):
    pictures = KeptPictures(kept_bytes=1000)
    images = [Opened(tmp_path, 10, 15) for _ in range(4)]
    for _ in range(2):
        for i, image in enumerate(images):
            pictures.get(i, image)
    assert [image.count for image in images] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "given",
    [
        [transforms.color(0.3, 0.3, 0.3)],
        [transforms.crop("randomside", side_ratio=0.5), transforms.scale(6, 4, 3)],
        [transforms.crop("center", crop_size=(6, 4))],
    ],
)
def test_rows_are_those_of_images_that_are_not_kept(tmp_path, monkeypatch, given):
    map_file = some_images(tmp_path, 4, 20, 14)
    found = drain(source(reader(map_file, given), max_sweeps=3), 2)
    monkeypatch.setattr(module, "LARGEST_KEPT", 0)
    expected = drain(source(reader(map_file, given), max_sweeps=3), 2)
    assert len(found) == 6
    for one, other in zip(found, expected):
        np.testing.assert_array_equal(one, other)
