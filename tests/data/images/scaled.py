"""Makes scaled.npz: images as CNTK 2.7 scales them; run with CNTK 2.7 and its Python 3.6.

    python scaled.py

The image is noise; it is given as BMP, so that no decoder has a part in it.
"""

import os
import tempfile

import cntk as C
import cntk.io.transforms as T
import numpy as np

SIZES = ((37, 29), (64, 48), (100, 11))


def write_bmp(path, image):
    rows, columns, _ = image.shape
    padding = -3 * columns % 4
    lines = b"".join(row.tobytes() + bytes(padding) for row in image[::-1])
    header = np.array([40, columns, rows], "<i4").tobytes() + np.array([1, 24], "<i2").tobytes()
    header += np.array([0, len(lines), 0, 0, 0, 0], "<i4").tobytes()
    with open(path, "wb") as file:
        file.write(b"BM" + np.array([54 + len(lines), 0, 54], "<i4").tobytes() + header + lines)


def scaled(map_file, **arguments):
    streams = C.io.StreamDefs(
        features=C.io.StreamDef(field="image", transforms=[T.scale(channels=3, **arguments)]),
        labels=C.io.StreamDef(field="label", shape=2),
    )
    source = C.io.MinibatchSource(C.io.ImageDeserializer(map_file, streams), max_sweeps=1)
    minibatch = source.next_minibatch(1)
    return minibatch[source.streams.features].asarray()[0, 0]


HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(tempfile.mkdtemp())
image = np.random.RandomState(5).randint(0, 256, (47, 61, 3)).astype(np.uint8)
write_bmp("noise.bmp", image)
with open("map.txt", "w") as file:
    file.write("noise.bmp\t0\n")
results = {"image": image}
for interpolation in ("nearest", "linear", "cubic", "lanczos"):
    for width, height in SIZES:
        pixels = scaled("map.txt", width=width, height=height, interpolations=interpolation)
        results["%s_%d_%d" % (interpolation, width, height)] = pixels.transpose(1, 2, 0).astype("u1")
np.savez_compressed(os.path.join(HERE, "scaled.npz"), **results)
