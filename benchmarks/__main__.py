"""Benchmarks: ``python benchmarks [program] ...``; without a program, ``networks``.

``networks`` compares whole networks with PyTorch, ``files`` model files with copies of them,
``data`` readers of text and binary data with CNTK 2.7, ``fed`` training from files with training
from memory, ``stream`` reads a text file larger than memory,
``operators`` times single operators, ``readers`` reading with decoding alone, ``sparse`` training
with sparse data, ``start`` the time until work begins, ``tables`` reading of tables,
``estimates`` what is told of a step's memory and time before training with what it takes,
``training`` times what goes on around the steps. Each has its own ``--help``.
"""

import sys
from importlib import import_module

PROGRAMS = {
    "data": "data_files",
    "fed": "training_data",
    "estimates": "estimates",
    "files": "files",
    "networks": "networks.compare",
    "operators": "operators",
    "readers": "readers",
    "sparse": "sparse",
    "start": "start",
    "training": "training",
    "stream": "stream",
    "tables": "tables",
}


def main() -> None:
    name = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in PROGRAMS else "networks"
    sys.argv[0] = f"benchmarks {name}"
    import_module(PROGRAMS[name]).main()


if __name__ == "__main__":
    main()
