"""Small images and map files, and what a source makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from cntk.io import ImageDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.io.deferred import Moment
from cntk.io.transforms.transform import Draw


def draw(sample: int = 0, stream: int = 0, view: int = 0, seed: int = 0, sweep: int = 0) -> Draw:
    """Return the randomness of a transform for a sample."""
    return Draw(Moment(seed, sweep, sample), stream, view)


def coordinates(width: int, height: int) -> np.ndarray:
    """Return an image whose blue is the column and whose green is the row."""
    image = np.full((height, width, 3), 7, np.uint8)
    image[..., 0] = np.arange(width)
    image[..., 1] = np.arange(height)[:, None]
    return image


def noise(width: int = 8, height: int = 6, seed: int = 0) -> np.ndarray:
    """Return an image of random bytes, channels blue, green, red."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def save(path: Path, image: np.ndarray, **options) -> Path:
    """Write an image ``(rows, columns, blue green red)``, or ``(rows, columns)`` of grey levels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image[..., ::-1] if image.ndim == 3 else image).save(path, **options)
    return path


def write_map(folder: Path, text: str | bytes, name: str = "map.txt") -> Path:
    """Write a map file."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def some_images(folder: Path, count: int = 6, width: int = 8, height: int = 6) -> Path:
    """Write images of noise, and a map file with the labels 0, 1, 2, 0, ...; return that."""
    for i in range(count):
        save(folder / f"{i}.png", noise(width, height, i))
    return write_map(folder, "".join(f"{i}.png\t{i % 3}\n" for i in range(count)))


def reader(map_file: Path, transforms=(), classes: int = 3, **options) -> ImageDeserializer:
    """Return a deserializer of features and labels."""
    streams = StreamDefs(
        features=StreamDef(field="image", transforms=list(transforms)),
        labels=StreamDef(field="label", shape=classes),
    )
    return ImageDeserializer(map_file, streams, **options)


def source(deserializer, **options) -> MinibatchSource:
    """Return a source of one sweep in the file's order."""
    return MinibatchSource(deserializer, **{"randomize": False, "max_sweeps": 1, **options})


def pixels(minibatch: dict, stream: str = "features") -> np.ndarray:
    """Return the samples of a dense stream, one after the other."""
    (data,) = (data for info, data in minibatch.items() if info.name == stream)
    return np.concatenate(data.as_sequences())


def labels(minibatch: dict, stream: str = "labels") -> list[int]:
    """Return the class of each sample."""
    (data,) = (data for info, data in minibatch.items() if info.name == stream)
    return [int(s.toarray().argmax()) for s in data.as_sequences()]


def drain(source: MinibatchSource, size: int, **options) -> list[np.ndarray]:
    """Return the features of all minibatches."""
    found = []
    while minibatch := source.next_minibatch(size, **options):
        found.append(pixels(minibatch))
    return found
