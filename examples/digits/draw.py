"""A picture of the result: test images with predictions, and the loss curve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

CELL, COLUMNS, MARGIN = 62, 12, 16
INK, GOOD, BAD, LINE, FAINT = "#1b1f24", "#1a7f37", "#c4302b", "#0a66c2", "#d5dae0"


def draw(path: Path, images, labels, predictions, losses: list[float], title: str) -> None:
    """Draw and write a PNG.

    Args:
        path: where to write.
        images: (count, height, width), any grey scale.
        labels: true classes.
        predictions: predicted classes.
        losses: mean loss of each epoch.
        title: first line.
    """
    rows = -(-len(images) // COLUMNS)
    width = 2 * MARGIN + COLUMNS * CELL
    curve_top = MARGIN + 26 + rows * (CELL + 18) + 30
    picture = Image.new("RGB", (width, curve_top + 190), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(13)
    pen.text((MARGIN, MARGIN - 4), title, fill=INK, font=font)
    for i, (image, label, found) in enumerate(zip(images, labels, predictions)):
        x = MARGIN + i % COLUMNS * CELL
        y = MARGIN + 26 + i // COLUMNS * (CELL + 18)
        picture.paste(_grey(image, CELL - 8), (x, y))
        right = label == found
        text = str(found) if right else f"{found}, not {label}"
        pen.text((x, y + CELL - 6), text, fill=GOOD if right else BAD, font=font)
    _curve(pen, font, losses, (MARGIN, curve_top, width - MARGIN, curve_top + 170))
    picture.save(path)


def _grey(image: np.ndarray, size: int) -> Image.Image:
    """Return an image dark on white, enlarged."""
    scaled = 255 - 255 * (image / max(float(image.max()), 1e-9))
    return Image.fromarray(scaled.astype(np.uint8)).resize((size, size))


def _curve(pen, font, losses: list[float], box: tuple[int, int, int, int]) -> None:
    """Draw the loss over the epochs, on a logarithmic scale."""
    left, top, right, bottom = box
    left += 44
    values = np.log10(np.maximum(losses, 1e-6))
    low, high = np.floor(values.min()), np.ceil(values.max())
    high = max(high, low + 1)

    def place(i: int, value: float) -> tuple[float, float]:
        across = i / max(len(values) - 1, 1)
        up = (value - low) / (high - low)
        return left + across * (right - left), bottom - up * (bottom - top)

    for exponent in np.arange(low, high + 1):
        _, y = place(0, exponent)
        pen.line([(left, y), (right, y)], fill=FAINT)
        pen.text((MARGIN, y - 8), f"{10**exponent:g}", fill=INK, font=font)
    points = [place(i, value) for i, value in enumerate(values)]
    pen.line(points, fill=LINE, width=3, joint="curve")
    pen.text((left + 6, top - 20), f"training loss, {len(losses)} epochs", fill=INK, font=font)
