"""Load a saved model and classify images of a CTF file; prints one JSON object."""

from __future__ import annotations

import argparse
import json
import sys

import numpy as np

import cntk as C


def read(path: str, features: str, labels: str, shape: tuple[int, ...], classes: int):
    """Return all images and classes of a CTF file, in its order."""
    streams = C.io.StreamDefs(
        x=C.io.StreamDef(field=features, shape=int(np.prod(shape))),
        y=C.io.StreamDef(field=labels, shape=classes),
    )
    source = C.io.MinibatchSource(
        C.io.CTFDeserializer(path, streams), randomize=False, max_sweeps=1
    )
    images, classes_found = [], []
    while minibatch := source.next_minibatch(512):
        images.append(minibatch[source.streams.x].asarray())
        classes_found.append(minibatch[source.streams.y].asarray())
    images = np.concatenate(images).reshape(-1, *shape)
    return images, np.concatenate(classes_found).reshape(len(images), -1).argmax(axis=1)


def classify(model_path: str, images: np.ndarray) -> np.ndarray:
    """Return the class of each image by a saved model."""
    model = C.load_model(model_path)
    return np.concatenate(
        [model.eval(images[i : i + 256]).argmax(axis=1) for i in range(0, len(images), 256)]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(";")[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--features", default="features")
    parser.add_argument("--labels", default="labels")
    parser.add_argument("--shape", default="1,28,28")
    parser.add_argument("--classes", type=int, default=10)
    given = parser.parse_args()
    shape = tuple(int(n) for n in given.shape.split(","))
    images, labels = read(given.data, given.features, given.labels, shape, given.classes)
    found = classify(given.model, images)
    json.dump({"predictions": found.tolist(), "labels": labels.tolist()}, sys.stdout)


if __name__ == "__main__":
    main()
