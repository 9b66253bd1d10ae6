"""The digits as CTF files: enlarged to 1 x 28 x 28, every fifth image for the test."""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
SIZE = 28
LARGEST = 16  # grey values are 0 to 16


def load() -> tuple[np.ndarray, np.ndarray]:
    """Return images (count, 1, 28, 28) and labels (count,)."""
    with np.load(HERE / "digits.npz", allow_pickle=False) as data:
        return enlarge(data["images"].astype(np.float32)), data["labels"]


def enlarge(images: np.ndarray) -> np.ndarray:
    """Return 8 x 8 images at 24 x 24, linearly interpolated, with a border of 2."""
    count, size, _ = images.shape
    scale = (SIZE - 4) // size
    places = (np.arange(size * scale) + 0.5) / scale - 0.5
    low = np.clip(np.floor(places).astype(int), 0, size - 1)
    high = np.minimum(low + 1, size - 1)
    part = np.clip(places - low, 0, 1).astype(np.float32)
    rows = images[:, low] * (1 - part)[:, None] + images[:, high] * part[:, None]
    large = rows[:, :, low] * (1 - part) + rows[:, :, high] * part
    return np.pad(large, ((0, 0), (2, 2), (2, 2)))[:, None]


def write(folder: Path) -> tuple[Path, Path]:
    """Write ``train.ctf`` and ``test.ctf`` with streams ``labels`` and ``features``."""
    images, labels = load()
    is_test = np.arange(len(images)) % 5 == 4
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "train.ctf", folder / "test.ctf"
    for path, chosen in zip(paths, (~is_test, is_test)):
        with open(path, "w", encoding="ascii") as file:
            for image, label in zip(images[chosen], labels[chosen]):
                file.write(ctf_line(image, int(label)) + "\n")
    return paths


def ctf_line(image: np.ndarray, label: int) -> str:
    """Return one sample in CNTK's text format."""
    values = " ".join(f"{value:.4g}" for value in image.ravel())
    hot = " ".join("1" if i == label else "0" for i in range(10))
    return f"|labels {hot} |features {values}"


if __name__ == "__main__":
    for written in write(Path("demo-out")):
        print(f"wrote {written}")
