"""Speed of readers: ``python benchmarks readers``, beside what cannot be saved.

Images: JPEG files of 500 x 375 pixels become minibatches of 64 crops of 224 x 224. Beside ours
stand the decoder alone, in as many threads as there are cores (its output is thrown away), and
PyTorch's DataLoader with two worker processes, which decodes, crops and scales with pillow. All
three are measured in turn, several times; the ratios are medians over the rounds.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import cntk as C
from cntk.io import transforms

WIDTH, HEIGHT, SIDE, BATCH = 500, 375, 224, 64
MEAN = (104, 117, 123)
CASES = {
    "crop": [transforms.crop("randomside", crop_size=SIDE)],
    "crop, scale": [
        transforms.crop("randomside", side_ratio=0.8),
        transforms.scale(SIDE, SIDE, 3),
    ],
    "crop, scale, mean": [
        transforms.crop("randomside", side_ratio=0.8),
        transforms.scale(SIDE, SIDE, 3),
        transforms.mean(MEAN),
    ],
}


def make_images(folder: Path, count: int) -> Path:
    """Write images of smooth colours with some noise, of about 85 kB each; return a map of them."""
    random = np.random.default_rng(0)
    lines = []
    for i in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3)).astype(np.uint8))
        smooth = np.asarray(coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), np.float32)
        image = smooth + random.normal(0, 12, (HEIGHT, WIDTH, 1))
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / f"{i}.jpg", quality=90)
        lines.append(f"{i}.jpg\t{i % 10}\n")
    map_file = folder / "map.txt"
    map_file.write_text("".join(lines))
    return map_file


def our_minibatches(map_file: Path, given: list) -> Iterator[object]:
    streams = C.io.StreamDefs(
        features=C.io.StreamDef(field="image", transforms=given),
        labels=C.io.StreamDef(field="label", shape=10),
    )
    source = C.io.MinibatchSource(C.io.ImageDeserializer(map_file, streams))
    while True:
        yield source.next_minibatch(BATCH)


def decoded(map_file: Path) -> Iterator[object]:
    """Decode the files of the map, each from memory, and yield after each 64."""
    files = sorted(map_file.parent.glob("*.jpg"))
    contents = [path.read_bytes() for path in files]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        while True:
            for begin in range(0, len(contents) - BATCH + 1, BATCH):
                part = contents[begin : begin + BATCH]
                yield list(threads.map(lambda data: Image.open(io.BytesIO(data)).load(), part))


class TorchImages:
    """What a user of PyTorch writes with pillow: crop, flip, scale, subtract a mean."""

    def __init__(self, map_file: Path, case: str) -> None:
        self.folder, self.case = map_file.parent, case
        self.lines = [line.split("\t") for line in map_file.read_text().splitlines()]

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, i: int):
        import torch

        name, label = self.lines[i]
        with Image.open(self.folder / name) as image:
            side = SIDE if self.case == "crop" else int(0.8 * HEIGHT)
            left = int(torch.randint(WIDTH - side + 1, ()))
            top = int(torch.randint(HEIGHT - side + 1, ()))
            part = image.crop((left, top, left + side, top + side))
            if torch.rand(()) < 0.5:
                part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            if side != SIDE:
                part = part.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            pixels = torch.from_numpy(np.array(part)).permute(2, 0, 1).to(torch.float32)
            if "mean" in self.case:
                pixels -= torch.tensor(MEAN, dtype=torch.float32)[:, None, None]
        return pixels, int(label)


def torch_minibatches(map_file: Path, case: str) -> Iterator[object]:
    from torch.utils.data import DataLoader

    loader = DataLoader(
        TorchImages(map_file, case),
        batch_size=BATCH,
        shuffle=True,
        num_workers=2,
        persistent_workers=True,
        drop_last=True,
    )
    while True:
        yield from loader


def rate(minibatches: Iterator[object], count: int) -> float:
    """Return samples per second over some minibatches."""
    begin = time.perf_counter()
    for _ in range(count):
        next(minibatches)
    return count * BATCH / (time.perf_counter() - begin)


def has_torch() -> bool:
    try:
        import torch
    except ImportError:
        return False
    torch.set_num_threads(1)
    return True


def compare(map_file: Path, case: str, rounds: int, count: int) -> str:
    """Return a row of the table."""
    makers: dict[str, Callable[[], Iterator[object]]] = {
        "ours": lambda: our_minibatches(map_file, CASES[case]),
        "decoder": lambda: decoded(map_file),
    }
    if has_torch():
        makers["torch"] = lambda: torch_minibatches(map_file, case)
    rates: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(rounds):
        for name, make in makers.items():
            minibatches = make()
            rate(minibatches, 3)  # threads and processes have begun, and work ahead is done
            rates[name].append(rate(minibatches, count))
    middle = {name: f"{statistics.median(found):.0f}" for name, found in rates.items()}
    cells = [case, middle["ours"], middle["decoder"], middle.get("torch", "-")]
    for name in ("decoder", "torch"):
        pairs = zip(rates["ours"], rates.get(name, []))
        ratios = [ours / theirs for ours, theirs in pairs]
        cells.append(f"{statistics.median(ratios):.2f}" if ratios else "-")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(CASES))
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minibatches", type=int, default=8)
    given = parser.parse_args()
    unknown = [case for case in given.cases if case not in CASES]
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}")
    print(
        "| transforms | ours, images/s | decoder alone | DataLoader "
        "| ours by decoder | by DataLoader |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        map_file = make_images(Path(folder), max(BATCH, given.images))
        for case in given.cases or CASES:
            print(compare(map_file, case, given.rounds, given.minibatches), flush=True)


if __name__ == "__main__":
    main()
