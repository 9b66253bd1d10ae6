"""Training from files beside training from memory: ``python benchmarks fed``.

The small AlexNet trains on minibatches of 128 images of 32 x 32 pixels: from arrays in memory, from
a text file, a binary file, and PNG files that a map lists, all in random order. The sides run in
turn, in one process, some steps at a time; a row gives the median of the ratios. The first sweep
reads all files, the next finds text, binary data and small images in memory.

"Alone" is the processor's time for a minibatch when nothing else runs. Where training keeps all
cores busy, that work has to be done besides: the floor is 1 + alone / (cores x step).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from networks.cntk_training import small_alexnet
from PIL import Image

import cntk as C
from cntk.io import transforms
from cntk.io.deserializers.cbf.write import write_cbf

SIDE, CLASSES, BATCH = 32, 10, 128
KINDS = ("text", "binary", "images")
WARM = 5  # steps before the measurement
Minibatch = Callable[[], object]


def pictures(count: int) -> np.ndarray:
    """Return images of smooth colours with some noise: PNG files of them take about 2 kB."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (count, 4, 4, 3)).repeat(8, 1).repeat(8, 2)
    noise = random.normal(0, 4, (count, SIDE, SIDE, 1))
    return (coarse + noise).clip(0, 255).astype(np.uint8)


def write_files(folder: Path, count: int) -> None:
    """Write the images as numbers in text, as a binary file, and as PNG files with a map."""
    lines, named = [], []
    for i, image in enumerate(pictures(count)):
        numbers = " ".join(map(str, image.transpose(2, 0, 1).ravel().tolist()))
        lines.append(f"|x {numbers} |y {i % CLASSES}:1\n")
        Image.fromarray(image[..., ::-1]).save(folder / f"{i}.png")
        named.append(f"{i}.png\t{i % CLASSES}\n")
    (folder / "train.ctf").write_text("".join(lines))
    (folder / "map.txt").write_text("".join(named))
    write_cbf(folder / "train.cbf", text_reader(folder))


def text_reader(folder: Path) -> C.io.CTFDeserializer:
    streams = C.io.StreamDefs(
        x=C.io.StreamDef(field="x", shape=(3, SIDE, SIDE)),
        y=C.io.StreamDef(field="y", shape=CLASSES, is_sparse=True),
    )
    return C.io.CTFDeserializer(folder / "train.ctf", streams)


def source_of(folder: Path, kind: str) -> C.io.MinibatchSource:
    """Return a source of minibatches in random order, without an end."""
    if kind == "text":
        return C.io.MinibatchSource(text_reader(folder))
    if kind == "binary":
        shaped = C.io.StreamDefs(x=C.io.StreamDef(field="x", shape=(3, SIDE, SIDE)))
        return C.io.MinibatchSource(C.io.CBFDeserializer(folder / "train.cbf", shaped))
    streams = C.io.StreamDefs(
        x=C.io.StreamDef(field="image", transforms=[transforms.scale(SIDE, SIDE, 3)]),
        y=C.io.StreamDef(field="label", shape=CLASSES),
    )
    return C.io.MinibatchSource(C.io.ImageDeserializer(folder / "map.txt", streams))


def trainer_of(x, y) -> C.Trainer:
    z = small_alexnet(x)
    criterion = C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)
    learner = C.momentum_sgd(
        z.parameters, C.learning_parameter_schedule(0.001), C.momentum_schedule(0.9)
    )
    return C.Trainer(z, criterion, [learner])


def from_files(folder: Path, kind: str, x, y) -> Minibatch:
    source = source_of(folder, kind)
    streams = {x: source.streams.x, y: source.streams.y}
    return lambda: source.next_minibatch(BATCH, input_map=streams)


def from_memory(count: int, x, y) -> Minibatch:
    images = pictures(count).transpose(0, 3, 1, 2).astype(np.float32)
    labels = np.eye(CLASSES, dtype=np.float32)[np.arange(count) % CLASSES]
    random = np.random.default_rng(1)

    def minibatch():
        chosen = random.integers(0, count, BATCH)
        return {x: images[chosen], y: labels[chosen]}

    return minibatch


def seconds(trainer: C.Trainer, minibatch: Minibatch, steps: int) -> float:
    """Return the time of a training step, reading included."""
    begin = time.perf_counter()
    for _ in range(steps):
        trainer.train_minibatch(minibatch())
    return (time.perf_counter() - begin) / steps


def alone(source: C.io.MinibatchSource, count: int) -> float:
    """Return the time of the processor for a minibatch of the next sweep."""
    begin = time.process_time()
    for _ in range(count // BATCH):
        source.next_minibatch(BATCH)
    return (time.process_time() - begin) / (count // BATCH)


def rows(folder: Path, kind: str, count: int, rounds: int, steps: int) -> Iterator[str]:
    """Yield the rows of the table: the first sweep, and the next."""
    x, y = C.input_variable((3, SIDE, SIDE)), C.input_variable(CLASSES)
    trainer, reading = trainer_of(x, y), source_of(folder, kind)
    sides = {"memory": from_memory(count, x, y), kind: from_files(folder, kind, x, y)}
    for sweep in ("first", "next"):
        times: dict[str, list[float]] = {name: [] for name in sides}
        for minibatch in sides.values():
            seconds(trainer, minibatch, WARM)
        for _ in range(rounds):
            for name, minibatch in sides.items():
                times[name].append(seconds(trainer, minibatch, steps))
        memory, files = (statistics.median(found) for found in times.values())
        ratio = statistics.median(b / a for a, b in zip(*times.values()))
        read, cores = alone(reading, count), len(os.sched_getaffinity(0))
        cells = [kind, sweep, *(f"{1e3 * each:.1f}" for each in (memory, files, read))]
        cells += [f"{ratio:.2f}", f"{1 + read / (cores * memory):.2f}"]
        yield "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("kinds", nargs="*", metavar="kind", help=", ".join(KINDS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=8)
    given = parser.parse_args()
    unknown = [kind for kind in given.kinds if kind not in KINDS]
    if unknown:
        parser.error(f"no such kind: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    print("| from | sweep | memory, ms a step | files, ms | reading alone, ms | ratio | floor |")
    print("|---|---|---|---|---|---|---|", flush=True)
    count = BATCH * (WARM + given.rounds * given.steps)  # a sweep is just what is measured
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), count)
        for kind in given.kinds or KINDS:
            for row in rows(Path(folder), kind, count, given.rounds, given.steps):
                print(row, flush=True)


if __name__ == "__main__":
    main()
