"""Writes and reads a model of more than 2 GiB; we run this, and CNTK 2.7 does, under Python 3.6.

``python large.py write FILE`` saves a network whose one parameter has 2.2 GB, ``python large.py
read FILE`` loads it; both print a line of JSON: checksums of the parameter and of what the network
computes. All numbers and sums are exact in float32, so the order of summation does not show.
"""

import json
import sys
import zlib

import numpy as np

import cntk as C

ROWS, COLUMNS = 11000, 50000
BLOCK = 100  # rows that are made at a time


def network():
    """Return the network."""
    values = np.empty((ROWS, COLUMNS), np.float32)
    steps = np.arange(BLOCK * COLUMNS, dtype=np.int64)
    for start in range(0, ROWS, BLOCK):
        numbers = (steps + start * COLUMNS) * 7919 % 1009 - 504
        values[start : start + BLOCK] = numbers.reshape(BLOCK, COLUMNS) / 512
    weights = C.parameter(init=values, name="W")
    return C.times(C.input_variable(ROWS, name="x"), weights) + C.constant(1)


def described(function):
    """Return the checksums of a network that was made or loaded."""
    values = function.W.value
    checksum = 0
    for start in range(0, ROWS, BLOCK):
        checksum = zlib.crc32(values[start : start + BLOCK].tobytes(), checksum)
    data = (np.arange(2 * ROWS) % 3 - 1).astype(np.float32).reshape(2, ROWS)
    outputs = function.eval({function.arguments[0]: data})
    return {"values": checksum & 0xFFFFFFFF, "outputs": zlib.crc32(outputs.tobytes()) & 0xFFFFFFFF}


def main(action, path):
    """Write or read the file."""
    if action == "write":
        function = network()
        function.save(path)
    else:
        function = C.Function.load(path)
    print(json.dumps(described(function)))


if __name__ == "__main__":
    main(*sys.argv[1:])
